/**
 * The records of a text by RFC 4180 and nothing else: CRLF after each, and no quote or line break outside of quotes.
 * @throws where it is none
 */
export function csvRecords(text: string): string[][] {
  const records: string[][] = [];
  const record: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const found = field.exec(text);
    if (!found) throw new Error(`No field of RFC 4180 at ${at}: ${JSON.stringify(text.slice(at, at + 50))}`);
    const [, quoted, plain = '', end] = found;
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '\r\n') records.push(record.splice(0));
  }
  if (record.length > 0) throw new Error('The last record has no end.');
  return records;
}

import { CsvError, Parser } from 'csv-parse';

export interface CsvRecord {
  /** Where it begins, from 1. A record with quoted line breaks has several lines. */
  readonly line: number;
  readonly cells: readonly string[];
  /** The first cell with something that no text can have. */
  readonly flaw?: { readonly column: number; readonly detail: string };
}

/** What keeps the rest from being read: from here on nobody knows where a record ends. */
export class CsvSyntaxError extends Error {
  readonly line: number;
  /** From 1, where it is known. */
  readonly column: number | undefined;
  readonly code: 'quotes' | 'too_long' | 'encoding';

  constructor(
    code: CsvSyntaxError['code'],
    message: string,
    { line, column, cause }: { line: number; column?: number | undefined; cause?: unknown },
  ) {
    super(message, { cause });
    this.code = code;
    this.line = line;
    this.column = column;
  }
}

const MESSAGES: Readonly<Record<string, readonly [CsvSyntaxError['code'], string]>> = {
  CSV_QUOTE_NOT_CLOSED: ['quotes', 'A quote is opened and never closed.'],
  CSV_INVALID_CLOSING_QUOTE: ['quotes', 'A closing quote is followed by something else than a comma.'],
  INVALID_OPENING_QUOTE: ['quotes', 'A quote is in the middle of a cell that has none at its beginning.'],
};

/**
 * Reads CSV (RFC 4180) in UTF-8 as it comes, a batch of records for each piece of it. Lines end with CRLF or LF, and empty ones
 * are passed over. A record has at most `maxRecordSize` bytes, and no more than that is ever kept of one.
 * @throws CsvSyntaxError after all records before it
 */
export async function* readCsv(
  pieces: AsyncIterable<Uint8Array>,
  { maxRecordSize }: { readonly maxRecordSize: number },
): AsyncGenerator<readonly CsvRecord[]> {
  const reading = new Reading(maxRecordSize);
  for await (const piece of pieces) yield* reading.take(piece);
  yield* reading.end();
}

class Reading {
  private readonly maxRecordSize: number;
  private readonly parser: Parser;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private isUtf8 = true;
  private hasFlaws = false;
  private records: CsvRecord[] = [];
  /** Of the record before, and the empty ones until then. */
  private lastLine = 0;
  private emptyLines = 0;
  /** csv-parse counts a CRLF inside quotes as two lines. */
  private countedTwice = 0;

  constructor(maxRecordSize: number) {
    this.maxRecordSize = maxRecordSize;
    this.parser = new Parser({
      bom: true,
      record_delimiter: ['\r\n', '\n'],
      max_record_size: maxRecordSize,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells: string[], info) => {
        this.add(cells, info);
        return null;
      },
    });
    this.parser.on('error', () => undefined).resume();
  }

  take(piece: Uint8Array): AsyncGenerator<readonly CsvRecord[]> {
    this.decode(() => this.decoder.decode(piece, { stream: true }));
    return this.parsed(done => this.parser.write(piece, done));
  }

  async *end(): AsyncGenerator<readonly CsvRecord[]> {
    this.decode(() => this.decoder.decode());
    yield* this.parsed(done => this.parser.end(done));
    // As of UTF-16, which csv-parse reads where it knows it by its beginning.
    if (!this.isUtf8 && !this.hasFlaws)
      throw new CsvSyntaxError('encoding', 'It is not in UTF-8.', { line: 1 });
  }

  private async *parsed(
    step: (done: (error?: Error | null) => void) => void,
  ): AsyncGenerator<readonly CsvRecord[]> {
    const error = await new Promise<Error | null | undefined>(resolve => step(resolve));
    const { records } = this;
    this.records = [];
    if (records.length > 0) yield records;
    if (error) throw this.syntaxError(error);
  }

  /** What is no UTF-8 becomes U+FFFD in the cells, where it is looked for once there is any. */
  private decode(attempt: () => string): void {
    if (!this.isUtf8) return;
    try {
      attempt();
    } catch {
      this.isUtf8 = false;
    }
  }

  private add(cells: readonly string[], info: { lines: number; empty_lines: number }): void {
    const { length } = cells;
    let breaks = 0;
    let flaw: CsvRecord['flaw'];
    for (let index = 0; index < length; index += 1) {
      const cell = cells[index] as string;
      if (cell.includes('\n')) breaks += this.breaksIn(cell);
      flaw ??= this.flawOf(cell, index + 1);
    }
    const lastLine = info.lines - this.countedTwice;
    if (flaw) this.hasFlaws = true;
    this.records.push({ line: lastLine - breaks, cells, ...(flaw && { flaw }) });
    this.lastLine = lastLine;
    this.emptyLines = info.empty_lines;
  }

  private breaksIn(cell: string): number {
    this.countedTwice += cell.split('\r\n').length - 1;
    return cell.split('\n').length - 1;
  }

  private flawOf(cell: string, column: number): CsvRecord['flaw'] {
    if (cell.includes('\0')) return { column, detail: 'It must not contain U+0000.' };
    if (!this.isUtf8 && cell.includes('�')) return { column, detail: 'It is not in UTF-8.' };
    return undefined;
  }

  private syntaxError(cause: Error): Error {
    if (!(cause instanceof CsvError)) return cause;
    const { column, empty_lines: emptyLines = 0 } = cause as CsvError & { readonly [key: string]: unknown };
    const line = this.lastLine + (Number(emptyLines) - this.emptyLines) + 1;
    const [code, message] = MESSAGES[cause.code] ?? [
      'too_long',
      `It is longer than ${this.maxRecordSize} bytes, or a quote is never closed.`,
    ];
    return new CsvSyntaxError(code, message, {
      line,
      column: typeof column === 'number' ? column + 1 : undefined,
      cause,
    });
  }
}

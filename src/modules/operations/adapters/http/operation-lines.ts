import type { Static } from 'typebox';
import { DomainError } from '../../../../kernel/errors.ts';
import { type CsvRecord, CsvSyntaxError, readCsv } from '../../../../platform/csv/read-csv.ts';
import { type FieldError, fieldErrorsOf, RequestError } from '../../../../platform/http/problem.ts';
import { acceptorOf, validatorOf } from '../../../../platform/http/validation.ts';
import { checkedContent, type OperationContent } from '../../domain/operation.ts';
import { unescapeCell } from './escape-cell.ts';
import { type Header, headerOf } from './import-header.ts';
import { LineFaults } from './line-faults.ts';
import { contentOf, NewOperation } from './operation-representation.ts';

/** Bytes. */
const MAX_RECORD = 65_536;

/** The columns whose cells an export escapes. */
const ESCAPED: ReadonlySet<string> = new Set(['figi', 'instrument_type']);

const check = validatorOf(NewOperation);
const isAccepted = acceptorOf(NewOperation);

/**
 * What the lines of a CSV file say, as they come. After the first that is wrong nothing more is said, but the others are still
 * looked at.
 * @throws RequestError with all that is wrong
 */
export async function* operationLines(
  bytes: AsyncIterable<Uint8Array>,
  { lines: most }: { readonly lines: number },
): AsyncGenerator<readonly OperationContent[]> {
  const faults = new LineFaults();
  let header: Header | undefined;
  let count = 0;
  try {
    for await (const records of readCsv(bytes, { maxRecordSize: MAX_RECORD })) {
      const contents: OperationContent[] = [];
      for (const record of records) {
        if (header) {
          count += 1;
          if (count > most) throw tooMany(record.line, most);
          const content = contentOfLine(record, header, faults);
          if (content) contents.push(content);
        } else header = headerOf(record, faults);
      }
      if (faults.count === 0) yield contents;
    }
  } catch (error) {
    if (!(error instanceof CsvSyntaxError)) throw error;
    const { line, column, code, message: detail } = error;
    const rest = code === 'encoding' ? '' : ' What follows was not read.';
    faults.add({ line, column, code, detail: `${detail}${rest}` });
  }
  if (!header) headerOf({ line: 1, cells: [] }, faults);
  faults.throwIfAny();
}

function tooMany(line: number, most: number): RequestError {
  const detail = `A file has at most ${most} lines after its first.`;
  const errors = [{ pointer: `/lines/${line}`, code: 'too_many_lines', detail }];
  return new RequestError('request.invalid', detail, { errors });
}

function contentOfLine(
  { line, cells, flaw }: CsvRecord,
  header: Header,
  faults: LineFaults,
): OperationContent | undefined {
  if (cells.length !== header.names.length) {
    const detail = `It has ${cells.length} cells instead of ${header.names.length}.`;
    faults.add({ line, code: 'cells', detail });
    return undefined;
  }
  if (flaw) {
    const name = header.names[flaw.column - 1];
    faults.add({ line, ...flaw, name, code: 'characters' });
    return undefined;
  }
  const body = bodyOf(cells, header);
  if (faults.areEnough && !isAccepted(body)) {
    faults.count += 1;
    return undefined;
  }
  try {
    check(body);
    return checkedContent(contentOf(body));
  } catch (error) {
    for (const { pointer, code, detail } of errorsOf(error)) {
      const name = pointer.slice(1);
      faults.add({ line, name, column: header.names.indexOf(name) + 1, code, detail });
    }
    return undefined;
  }
}

/** The cells as `POST /operations` would have them; an empty one says nothing. */
function bodyOf(cells: readonly string[], header: Header): Static<typeof NewOperation> {
  const body: Partial<Record<keyof Static<typeof NewOperation>, string>> = {};
  for (const [name, place] of header.places) {
    const cell = cells[place];
    if (cell) body[name] = ESCAPED.has(name) ? unescapeCell(cell) : cell;
  }
  return body as Static<typeof NewOperation>;
}

function errorsOf(error: unknown): readonly FieldError[] {
  const errors =
    error instanceof RequestError
      ? error.errors
      : error instanceof DomainError
        ? fieldErrorsOf(error)
        : undefined;
  if (!errors) throw error;
  return errors;
}

import { stringify } from 'csv-stringify/sync';
import type { OperationView } from '../../application/ports.ts';
import { escapeCell } from './escape-cell.ts';
import { OPERATION_COLUMNS, presentOperation } from './operation-representation.ts';

/** RFC 4180. Line breaks of either kind are quoted: many a reader takes each for the end of a record. */
const FORMAT = { columns: OPERATION_COLUMNS, record_delimiter: 'windows', quote_record_delimiter: true };

/** Everything else in a row has a form that is no formula: a negative quantity is a number to a spreadsheet too. */
function rowOf(operation: OperationView) {
  const { figi, instrument_type, ...rest } = presentOperation(operation);
  return { ...rest, figi: cellOf(figi), instrument_type: cellOf(instrument_type) };
}

const cellOf = (text: string | null) => text && escapeCell(text);

/** A piece for each page; the header comes with the first, so that nothing is sent before a page could be read. */
export async function* csvOf(pages: AsyncIterable<readonly OperationView[]>): AsyncGenerator<string> {
  let header = true;
  for await (const page of pages) {
    yield stringify(page.map(rowOf), { ...FORMAT, header });
    header = false;
  }
}

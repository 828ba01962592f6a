import type { CsvRecord } from '../../../../platform/csv/read-csv.ts';
import type { LineFaults } from './line-faults.ts';

const REQUIRED = ['quantity', 'date', 'type'];
const OPTIONAL = ['figi', 'instrument_type'];

/** What an export has besides: the import gives its own. */
const IGNORED = ['id', 'created_at', 'updated_at'];

const KNOWN = new Set([...REQUIRED, ...OPTIONAL, ...IGNORED]);

/** Where in a line each cell is; -1 for a column that the file does not have. */
export interface Header {
  readonly names: readonly string[];
  readonly quantity: number;
  readonly figi: number;
  readonly instrumentType: number;
  readonly date: number;
  readonly type: number;
}

/** Reads the line that names the columns. Nothing else can be read where it is wrong. @throws RequestError */
export function headerOf({ line, cells }: Pick<CsvRecord, 'line' | 'cells'>, faults: LineFaults): Header {
  for (const [index, name] of cells.entries()) {
    const column = index + 1;
    if (!KNOWN.has(name))
      faults.add({
        line,
        column,
        code: 'unknown_column',
        detail: `There is no column ${JSON.stringify(name.slice(0, 100))}.`,
      });
    else if (cells.indexOf(name) < index)
      faults.add({ line, column, name, code: 'repeated_column', detail: 'It is there already.' });
  }
  for (const name of REQUIRED)
    if (!cells.includes(name)) {
      const detail = `The column "${name}" is missing; the first line names the columns.`;
      faults.add({ line, name, code: 'missing_column', detail });
    }
  faults.throwIfAny();
  const place = (name: string) => cells.indexOf(name);
  return {
    names: cells,
    quantity: place('quantity'),
    figi: place('figi'),
    instrumentType: place('instrument_type'),
    date: place('date'),
    type: place('type'),
  };
}

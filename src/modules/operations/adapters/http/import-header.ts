import type { Static } from 'typebox';
import type { CsvRecord } from '../../../../platform/csv/read-csv.ts';
import type { LineFaults } from './line-faults.ts';
import type { NewOperation } from './operation-representation.ts';

const REQUIRED = ['quantity', 'date', 'type'] as const;
const OPTIONAL = ['figi', 'instrument_type'] as const;

/** What an export has besides: the import gives its own. */
const IGNORED = ['id', 'created_at', 'updated_at'];

const KNOWN: ReadonlySet<string> = new Set([...REQUIRED, ...OPTIONAL, ...IGNORED]);

export interface Header {
  readonly names: readonly string[];
  /** Where in a line the cells are that are read. */
  readonly places: readonly (readonly [name: keyof Static<typeof NewOperation>, place: number])[];
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
  const places = [...REQUIRED, ...OPTIONAL].map(name => [name, cells.indexOf(name)] as const);
  return { names: cells, places: places.filter(([, place]) => place >= 0) };
}

import { setImmediate } from 'node:timers/promises';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { EARLIEST, LATEST } from '../../../../kernel/time-bounds.ts';
import { filterCondition, filtersOf, filterValues } from '../../../../platform/mikro-orm/list-filters.ts';
import type { ReadModelSource } from '../../../../platform/mikro-orm/read-model-source.ts';
import type { SqliteSnapshots } from '../../../../platform/mikro-orm/sqlite-snapshots.ts';
import { queryBuilder, type StatementPreparer, slot } from '../../../../platform/mikro-orm/statements.ts';
import {
  OPERATION_LIST,
  type OperationReader,
  type OperationView,
  type SummaryQuery,
} from '../../application/ports.ts';
import { SummaryGroups } from '../summary-groups.ts';
import { addRows, sumsQuery } from './summary-query.ts';

/** Rows that are read at once, while which everything else in the process waits: some milliseconds. */
const PIECE = 1000;

/** Where they are in a person's order by date, which no id comes before. */
interface Place {
  readonly date: number;
  readonly id: string;
}

const beyond = (operator: '>' | '<' | '<=', name: string): RawBuilder<SqlBool> =>
  sql<SqlBool>`(date, id) ${sql.raw(operator)} (${slot(`${name}_date`)}, ${slot(`${name}_id`)})`;

const at = (name: string, { date, id }: Place) => ({ [`${name}_date`]: date, [`${name}_id`]: id });

const PLACES = {
  compile: () =>
    sql`select date, id from operations
      where user_id = ${slot('where_owner')} and ${beyond('>', 'start')} and ${beyond('<', 'end')}
      order by date, id limit 1 offset ${sql.lit(PIECE - 1)}`.compile(queryBuilder('sqlite')),
};

/**
 * A summary by many short statements, because SQLite works in our own process. Pieces are of as many rows of the person's index
 * by date, whatever else is asked of them, so that each takes as long; others have their turn in between.
 */
export function summaryInPieces(
  snapshots: SqliteSnapshots,
  source: ReadModelSource<OperationView>,
): OperationReader['summary'] {
  return query =>
    snapshots.read(async reader => {
      const groups = new SummaryGroups();
      const values = filterValues(query.where);
      const places = reader.prepare(PLACES);
      const sums = reader.prepare(sumsOfPiece(reader, query, source));
      const { from, before } = query.where as { readonly from?: Date; readonly before?: Date };
      const last = { date: before?.getTime() ?? LATEST + 1, id: '' };
      let start: Place = { date: from?.getTime() ?? EARLIEST, id: '' };
      for (;;) {
        const [place] = await places.all({ ...values, ...at('start', start), ...at('end', last) });
        const end = place ? { date: place[0] as number, id: place[1] as string } : last;
        addRows(groups, await sums.all({ ...values, ...at('start', start), ...at('end', end) }));
        if (!place) return groups.result();
        start = end;
        await setImmediate();
      }
    });
}

function sumsOfPiece(
  { dialect }: StatementPreparer,
  { groupBy, where }: SummaryQuery,
  source: ReadModelSource<OperationView>,
) {
  const filters = filtersOf(where).filter(name => name !== 'from' && name !== 'before');
  const conditions = [
    ...filters.map(name => filterCondition(OPERATION_LIST, source, name)),
    beyond('>', 'start'),
    beyond('<=', 'end'),
  ];
  return sumsQuery({ source, dialect, groupBy, conditions });
}

import { sql } from 'kysely';
import { filterCondition, filtersOf, filterValues } from '../../../../platform/mikro-orm/list-filters.ts';
import type { ReadModelSource } from '../../../../platform/mikro-orm/read-model-source.ts';
import type { Statement, StatementPreparer } from '../../../../platform/mikro-orm/statements.ts';
import {
  MAX_GROUPS,
  OPERATION_LIST,
  type OperationReader,
  type OperationView,
  type SummaryQuery,
} from '../../application/ports.ts';
import { SummaryGroups } from '../summary-groups.ts';
import { addRows, sumsQuery } from './summary-query.ts';

/** A summary by one statement, which another server runs. */
export function summaryAtOnce(
  reader: StatementPreparer,
  source: ReadModelSource<OperationView>,
): OperationReader['summary'] {
  const statements = new Map<string, Statement>();

  function statementOf({ groupBy, where }: SummaryQuery): Statement {
    const filters = filtersOf(where);
    const shape = `${groupBy} ${filters}`;
    const known = statements.get(shape);
    if (known) return known;
    const conditions = filters.map(name => filterCondition(OPERATION_LIST, source, name));
    const end = sql`order by 1 limit ${sql.lit(MAX_GROUPS)}`;
    const { dialect } = reader;
    const statement = reader.prepare(sumsQuery({ source, dialect, groupBy, conditions, end }));
    statements.set(shape, statement);
    return statement;
  }

  return async query => {
    const groups = new SummaryGroups();
    addRows(groups, await statementOf(query).all(filterValues(query.where)));
    return groups.result();
  };
}

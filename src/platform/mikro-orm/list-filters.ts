import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { FilterMatch, ListQuery, ListSpec } from '../../kernel/list.ts';
import type { Column, ReadModelSource } from './read-model-source.ts';
import { type SqlValue, slot } from './statements.ts';

const OPERATORS: Readonly<Record<FilterMatch, string>> = { equals: '=', from: '>=', before: '<' };

/** The filters that a query uses, in one order whatever the query's is. */
export function filtersOf(where: ListQuery['where'] = {}): readonly string[] {
  return Object.keys(where)
    .filter(name => where[name] !== undefined)
    .sort();
}

/** A filter of a list as a condition on its column, whose value is among `filterValues`. */
export function filterCondition<View>(
  spec: ListSpec<View>,
  source: ReadModelSource<View>,
  name: string,
  as: (expression: string) => Expression<unknown> = sql.ref,
): RawBuilder<SqlBool> {
  const filter = spec.filters[name];
  if (!filter) throw new Error(`${source.table} has no filter "${name}".`);
  const { expression } = (source.columns as Record<string, Column>)[filter.field] as Column;
  return sql<SqlBool>`${as(expression)} ${sql.raw(OPERATORS[filter.match])} ${slot(`where_${name}`)}`;
}

export function filterValues(where: ListQuery['where'] = {}): Record<string, SqlValue> {
  return Object.fromEntries(Object.entries(where).map(([name, value]) => [`where_${name}`, value ?? null]));
}

/** A column that SQLite looks up in no index, which it would where another is the better one. */
export function withoutIndex(expression: string): Expression<unknown> {
  return sql`+${sql.ref(expression)}`;
}

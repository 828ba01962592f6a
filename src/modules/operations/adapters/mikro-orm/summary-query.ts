import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { type ReadModelSource, shownConditions } from '../../../../platform/mikro-orm/read-model-source.ts';
import { type Dialect, queryBuilder, type SqlRow } from '../../../../platform/mikro-orm/statements.ts';
import type { Grouping, OperationView } from '../../application/ports.ts';
import type { OperationType } from '../../domain/operation.ts';
import type { SummaryGroups } from '../summary-groups.ts';

/** SQLite's milliseconds as whole seconds, before 1970 too, where a division would round up. */
const SECONDS = sql`(date - ((date % 1000) + 1000) % 1000) / 1000`;

const MONTHS: Readonly<Record<Dialect, RawBuilder<string>>> = {
  sqlite: sql<string>`strftime('%Y-%m', ${SECONDS}, 'unixepoch')`,
  postgresql: sql<string>`to_char(date at time zone 'UTC', 'YYYY-MM')`,
};

function keyOf(grouping: Grouping, dialect: Dialect): RawBuilder<string> {
  const key = grouping === 'month' ? MONTHS[dialect] : sql<string>`${sql.ref(grouping)}`;
  // In the order of code points, which is SQLite's, and not that of a language.
  return dialect === 'postgresql' ? sql<string>`${key} collate "C"` : key;
}

function sumOf(type: OperationType, dialect: Dialect): RawBuilder<string> {
  const sum = dialect === 'sqlite' ? sql`decimal_sum(quantity)` : sql`sum(quantity)`;
  return sql<string>`coalesce(cast(${sum} filter (where type = ${sql.lit(type)}) as text), '0')`;
}

export interface SummaryStatement {
  readonly source: ReadModelSource<OperationView>;
  readonly dialect: Dialect;
  readonly groupBy: Grouping;
  readonly conditions: readonly RawBuilder<SqlBool>[];
  readonly end?: RawBuilder<unknown>;
}

/** Its rows are for `addRows`. */
export function sumsQuery({ source, dialect, groupBy, conditions, end = sql`` }: SummaryStatement) {
  const all = [...conditions, ...shownConditions(source)];
  const statement = sql`select ${keyOf(groupBy, dialect)}, count(*), ${sumOf('buy', dialect)}, ${sumOf('sell', dialect)}
    from ${sql.table(source.table)} where ${sql.join(all, sql` and `)} group by 1 ${end}`;
  return { compile: () => statement.compile(queryBuilder(dialect)) };
}

export function addRows(groups: SummaryGroups, rows: readonly SqlRow[]): void {
  for (const [key, count, bought, sold] of rows as readonly [string | null, number, string, string][])
    groups.add(key, { count: Number(count), bought, sold });
}

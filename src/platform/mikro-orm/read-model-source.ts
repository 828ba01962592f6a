import type { EntitySchema } from '@mikro-orm/core';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { snakeCase } from '../snake-case.ts';
import { queryBuilder, type SqlRow, type StatementPreparer } from './statements.ts';

/** A column that a view shows: where it is, and how its value is read. */
export interface Column {
  readonly expression: string;
  readonly read: (value: unknown) => unknown;
}

export interface ReadModelSource<View> {
  readonly table: string;
  readonly columns: Readonly<Record<keyof View & string, Column>>;
  /** Tables, or published views of other contexts, that shown columns come from; each has one row for each of ours. */
  readonly joins?: readonly { readonly table: string; readonly on: readonly [string, string] }[];
  readonly search?: SearchIndex;
  /** A column that is null in every row that is shown; the others are as if they were not there. */
  readonly absent?: string;
  readonly visibility?: Visibility;
  /** Who sees the row of another table that a column names sees ours. Only lists that are searched can have it: it is no order. */
  readonly seenThrough?: { readonly column: string; readonly table: string; readonly visibility: Visibility };
  /** Rows that are not shown while another table has the row that they name. */
  readonly withheld?: { readonly column: string; readonly whileIn: string };
}

/**
 * Who sees a row: the people whom its columns name, those of the team that one names (`team_people`), those whom rows of another
 * table make members of it, and everybody where a column has one value.
 */
export interface Visibility {
  readonly people: readonly string[];
  readonly team: string;
  /** `row` of the other table names our `column`, and `person` who may see it. */
  readonly members?: {
    readonly column: string;
    readonly table: string;
    readonly row: string;
    readonly person: string;
  };
  readonly everybody?: { readonly column: string; readonly value: string };
}

/** Where the folded words are: an FTS5 table by row id on SQLite, a `tsvector` column on PostgreSQL. */
export interface SearchIndex {
  readonly ftsTable: string;
  readonly rowId: string;
  readonly vector: string;
}

const asIs = (value: unknown): unknown => value;
const asDate = (value: unknown): unknown => (value === null ? null : new Date(value as string | number));
const asBoolean = (value: unknown): unknown => (value === null ? null : Boolean(value));

/** A text or number as the driver gives it. */
export function column(expression: string): Column {
  return { expression, read: asIs };
}

/** A time as the ORM maps it. */
export function timeColumn(expression: string): Column {
  return { expression, read: asDate };
}

/** The columns of some of an entity's properties, as the ORM maps them. */
export function columnsOf<Fields extends string>(
  schema: EntitySchema,
  fields: readonly Fields[],
): Record<Fields, Column> {
  const { properties, tableName } = schema.init().meta;
  const columns = fields.map(field => {
    const property = properties[field as never] as { type: string; name: string; fieldNames?: string[] };
    const { type, name, fieldNames: [columnName = snakeCase(name)] = [] } = property;
    const read = type === 'Date' ? asDate : type === 'boolean' ? asBoolean : asIs;
    return [field, { expression: `${tableName}.${columnName}`, read }];
  });
  return Object.fromEntries(columns);
}

/** `select` of all the columns of a source, under the view's names. */
export function selectColumns<View>(preparer: StatementPreparer, source: ReadModelSource<View>) {
  const from = queryBuilder(preparer.dialect).selectFrom(source.table);
  const joined = (source.joins ?? []).reduce((query, { table, on }) => query.innerJoin(table, ...on), from);
  const present = shownConditions(source).reduce((query, condition) => query.where(condition), joined);
  const columns = Object.entries<Column>(source.columns);
  return present.select(({ ref }) => columns.map(([name, { expression }]) => ref(expression).as(name)));
}

/** That a row is one of those that are shown to anybody at all; nothing where a source hides none. */
export function shownConditions({
  absent,
  withheld,
}: Pick<ReadModelSource<never>, 'absent' | 'withheld'>): readonly RawBuilder<SqlBool>[] {
  const conditions = absent === undefined ? [] : [sql<SqlBool>`${sql.ref(absent)} is null`];
  if (withheld === undefined) return conditions;
  const column = sql.ref(withheld.column);
  const present = sql`select id from ${sql.table(withheld.whileIn)}`;
  return [...conditions, sql<SqlBool>`(${column} is null or ${column} not in (${present}))`];
}

export type ReadRow<View> = (row: SqlRow) => View;

/** Makes views of rows that have the source's columns in their order. */
export function rowReader<View>(source: ReadModelSource<View>): ReadRow<View> {
  const names = Object.keys(source.columns);
  const reads = Object.values<Column>(source.columns).map(({ read }) => read);
  return row => {
    const view: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index += 1)
      view[names[index] as string] = (reads[index] as Column['read'])(row[index]);
    return view as View;
  };
}

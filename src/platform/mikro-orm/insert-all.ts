import type { EntityMetadata } from '@mikro-orm/core';
import { sql } from 'kysely';
import { type Dialect, queryBuilder } from './statements.ts';

/** How many entities of one class are added at once. */
export interface InsertAll {
  /** Its one value is the JSON list of the rows. */
  readonly insertAll: string;
  readonly rowOf: (entity: object) => unknown;
}

/** Of the columns that JSON can carry; an entity with any other kind cannot be added this way. */
const CARRIED = new Set(['uuid', 'text', 'string', 'integer', 'boolean', 'Date']);

/** SQLite keeps times as milliseconds, and takes a row as a list; PostgreSQL makes of each text what its column is. */
export function compileInsertAll(meta: EntityMetadata, dialect: Dialect): InsertAll {
  const { tableName } = meta;
  const columns = meta.props
    .filter(({ persist }) => persist !== false)
    .map(({ name, type, fieldNames }) => {
      if (!CARRIED.has(type))
        throw new Error(`${tableName} has a column of the type ${type}: add one at a time.`);
      return { property: name as string, column: fieldNames[0] as string };
    });
  const names = columns.map(({ column }) => column);
  const builder = queryBuilder(dialect);
  const rows =
    dialect === 'sqlite'
      ? sql`select ${sql.join(names.map((_, index) => sql`value ->> ${sql.lit(index)}`))} from json_each(${''})`
      : sql`select ${sql.join(names.map(name => sql.ref(name)))} from json_populate_recordset(null::${sql.table(tableName)}, ${''}::json)`;
  const insert = sql`insert into ${sql.table(tableName)} (${sql.join(names.map(name => sql.ref(name)))}) ${rows}`;
  return {
    insertAll: insert.compile(builder).sql,
    rowOf: dialect === 'sqlite' ? listOf(columns) : objectOf(columns),
  };
}

type Columns = readonly { readonly property: string; readonly column: string }[];

function listOf(columns: Columns): InsertAll['rowOf'] {
  return entity => columns.map(({ property }) => millisecondsOf(entity[property as never]));
}

function objectOf(columns: Columns): InsertAll['rowOf'] {
  return entity =>
    Object.fromEntries(columns.map(({ property, column }) => [column, entity[property as never]]));
}

function millisecondsOf(value: unknown): unknown {
  return value instanceof Date ? value.getTime() : value;
}

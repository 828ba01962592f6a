import type { EntityMetadata } from '@mikro-orm/core';
import { sql } from 'kysely';
import { EventLoopTurns } from '../event-loop-turns.ts';
import { type Dialect, queryBuilder, Slot } from './statements.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** Adds many entities of one class. */
export type BulkInsert = (
  connection: WriteTransaction,
  entities: readonly Readonly<Record<string, unknown>>[],
) => Promise<void>;

interface Column {
  readonly property: string;
  readonly column: string;
}

/** Rows, of which each takes some tens of microseconds. */
const PIECE = 100;

/** What both JSON and SQLite can hold as it is. An entity with a column of another type is added one at a time. */
const PLAIN = new Set(['uuid', 'text', 'string', 'integer', 'boolean', 'Date']);

/**
 * On PostgreSQL one statement with all rows as its one value, of which the table's own type makes rows again. SQLite has no
 * network to save a way over: there the rows are run one by one, which takes two thirds of taking them out of JSON.
 */
export function bulkInsert(meta: EntityMetadata, dialect: Dialect): BulkInsert {
  const { tableName } = meta;
  const columns = meta.props
    .filter(({ persist }) => persist !== false)
    .map(({ name, type, fieldNames }) => {
      if (!PLAIN.has(type)) throw new Error(`${tableName} has a column of type ${type}: add one at a time.`);
      return { property: name as string, column: fieldNames[0] as string };
    });
  return dialect === 'sqlite' ? oneByOne(tableName, columns) : asJson(tableName, columns);
}

function oneByOne(table: string, columns: readonly Column[]): BulkInsert {
  const slots = Object.fromEntries(columns.map(({ column }) => [column, new Slot(column) as never]));
  const insert = queryBuilder('sqlite').insertInto(table).values(slots).compile().sql;
  const others = new EventLoopTurns();
  return async (connection, entities) => {
    for (const [index, entity] of entities.entries()) {
      // Whoever writes waits for the end of the transaction; whoever reads need not.
      if (index % PIECE === 0) await others.give();
      await connection.run(
        insert,
        columns.map(({ property }) => entity[property] ?? null),
      );
    }
  };
}

function asJson(table: string, columns: readonly Column[]): BulkInsert {
  const names = sql.join(columns.map(({ column }) => sql.ref(column)));
  const rows = sql`json_populate_recordset(null::${sql.table(table)}, ${''}::json)`;
  const insert = sql`insert into ${sql.table(table)} (${names}) select ${names} from ${rows}`.compile(
    queryBuilder('postgresql'),
  ).sql;
  const rowOf = (entity: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(columns.map(({ property, column }) => [column, entity[property]]));
  return async (connection, entities) => {
    await connection.run(insert, [JSON.stringify(entities.map(rowOf))]);
  };
}

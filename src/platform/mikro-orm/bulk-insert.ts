import { sql } from 'kysely';
import { EventLoopTurns } from '../event-loop-turns.ts';
import { type Dialect, queryBuilder } from './statements.ts';
import type { WriteTransaction } from './write-transaction.ts';

/** Adds many entities of one class. */
export type BulkInsert = (
  connection: WriteTransaction,
  entities: readonly Readonly<Record<string, unknown>>[],
) => Promise<void>;

/** How one entity of a class is added. */
export interface Insertion {
  readonly table: string;
  /** The statement; its values are those of the columns, in their order. */
  readonly insert: string;
  readonly columns: readonly Column[];
}

interface Column {
  readonly property: string;
  readonly column: string;
  /** As the ORM names it. */
  readonly type: string;
}

/** Rows, of which each takes some tens of microseconds. */
const PIECE = 100;

/** What both JSON and SQLite can hold as it is. An entity with a column of another type is added one at a time. */
const PLAIN = new Set(['uuid', 'text', 'string', 'integer', 'boolean', 'Date']);

/**
 * On PostgreSQL one statement with all rows as its one value, of which the table's own type makes rows again. SQLite has no
 * network to save a way over: there the rows are run one by one, which takes two thirds of taking them out of JSON.
 */
export function bulkInsert(insertion: Insertion, dialect: Dialect): BulkInsert {
  const { table, columns } = insertion;
  const other = columns.find(({ type }) => !PLAIN.has(type));
  if (other) throw new Error(`${table} has a column of type ${other.type}: add one at a time.`);
  return dialect === 'sqlite' ? oneByOne(insertion) : asJson(table, columns);
}

function oneByOne({ insert, columns }: Insertion): BulkInsert {
  const others = new EventLoopTurns();
  return async (connection, entities) => {
    // The last first: in the indexes by `id desc`, which lists are in, they then come in order, which leaves pages full.
    for (const [index, entity] of entities.toReversed().entries()) {
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

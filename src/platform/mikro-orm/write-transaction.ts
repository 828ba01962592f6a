import type { CompiledQuery, QueryResult } from 'kysely';
import type { SqlRow } from './statements.ts';

/** One transaction on a connection that writes. It has begun, and ends with either `commit` or `rollback`. */
export interface WriteTransaction {
  /** Where the ORM runs its own statements: what it uses of Kysely's transaction, which this takes the place of. */
  readonly ormContext: OrmContext;
  /** Runs a statement that is prepared once per connection, and returns how many rows it changed. */
  run(sql: string, values: readonly unknown[]): Promise<number>;
  /** The same for a statement that returns rows. */
  query(sql: string, values: readonly unknown[]): Promise<readonly object[]>;
  /** The same, with each row as the list of its values. */
  rows(sql: string, values: readonly unknown[]): Promise<readonly SqlRow[]>;
  commit(): Promise<void>;
  /** Never throws: a transaction that cannot be rolled back is lost with its connection. */
  rollback(): Promise<void>;
}

export interface OrmContext {
  executeQuery(query: CompiledQuery): Promise<QueryResult<unknown>>;
}

export interface Writer {
  /** @throws what the driver throws where the database cannot be had in time */
  begin(): Promise<WriteTransaction>;
}

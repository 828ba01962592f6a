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

/** A transaction that knows whether it has ended, or is about to. */
export interface EndingTransaction extends WriteTransaction {
  readonly hasEnded: boolean;
}

/** Refuses what is still under way when a transaction ends: it must not get into the next one of its connection. */
export function untilItEnds({
  ormContext,
  run,
  query,
  rows,
  commit,
  rollback,
}: WriteTransaction): EndingTransaction {
  let hasEnded = false;
  const unlessOver =
    <Values extends unknown[], Result>(ask: (...values: Values) => Promise<Result>) =>
    (...values: Values): Promise<Result> =>
      hasEnded ? Promise.reject(new Error('This transaction is over.')) : ask(...values);
  const last = (end: () => Promise<void>) => () => {
    hasEnded = true;
    return end();
  };
  return {
    get hasEnded() {
      return hasEnded;
    },
    ormContext: { executeQuery: unlessOver(asked => ormContext.executeQuery(asked)) },
    run: unlessOver(run),
    query: unlessOver(query),
    rows: unlessOver(rows),
    commit: last(commit),
    rollback: last(rollback),
  };
}

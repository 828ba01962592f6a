import type { Dialect } from './statements.ts';

/** One step of the schema, in both dialects. Its name starts with its UTC time, which orders the steps of all contexts. */
export interface SchemaStep {
  readonly name: `${number}_${string}`;
  readonly up: Readonly<Record<Dialect, readonly string[]>>;
  readonly down: Readonly<Record<Dialect, readonly string[]>>;
  /** What `up` has to compute for the rows that there are and SQL cannot; in the same transaction. */
  readonly fill?: (execute: Execute) => Promise<void>;
}

/** Runs a statement with `?` for each value, and returns its rows. */
export type Execute = (sql: string, values?: readonly unknown[]) => Promise<readonly object[]>;

export const MIGRATIONS_TABLE = 'atrium_migrations';

import type { Dialect } from './statements.ts';

/** One step of the schema, in both dialects. Its name starts with its UTC time, which orders the steps of all contexts. */
export interface SchemaStep {
  readonly name: `${number}_${string}`;
  readonly up: Readonly<Record<Dialect, readonly string[]>>;
  readonly down: Readonly<Record<Dialect, readonly string[]>>;
}

export const MIGRATIONS_TABLE = 'atrium_migrations';

import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import type { Cache } from '../cache/cache.ts';

export type Dialect = 'sqlite' | 'postgresql';

/** A column's value as both drivers take it. */
export type SqlValue = string | number | boolean | Date | null;

/** The values of a row in the order of the selected columns: cheaper to make than an object a row. */
export type SqlRow = readonly unknown[];

/** A statement that was compiled once and is prepared on first use. */
export interface Statement {
  all(values: Readonly<Record<string, SqlValue>>): Promise<readonly SqlRow[]>;
}

/** Where read models ask: on SQLite a second, read-only connection, so that no read waits for a transaction. */
export interface StatementPreparer {
  readonly dialect: Dialect;
  /** Where counts of rows are kept that take long to make. */
  readonly counts: Cache;
  prepare(query: { compile(): CompiledQuery }): Statement;
}

/** The place of a value that is known only when the statement runs. */
export class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export function slot<T>(name: string): RawBuilder<T> {
  return sql<T>`${new Slot(name)}`;
}

/** The values of one run, in the order in which the compiled statement wants them. */
export function bind(query: CompiledQuery, values: Readonly<Record<string, SqlValue>>): SqlValue[] {
  return query.parameters.map(parameter =>
    parameter instanceof Slot ? (values[parameter.name] ?? null) : (parameter as SqlValue),
  );
}

/** Tables and columns are named by the read models, so the builder knows no schema. */
export type AnyTables = Record<string, Record<string, SqlValue>>;

/** A Kysely that only compiles; the statements run elsewhere, prepared. */
export function queryBuilder(dialect: Dialect): Kysely<AnyTables> {
  const sqlite = dialect === 'sqlite';
  return new Kysely<AnyTables>({
    dialect: {
      createAdapter: () => (sqlite ? new SqliteAdapter() : new PostgresAdapter()),
      createDriver: () => new DummyDriver(),
      createIntrospector: db => (sqlite ? new SqliteIntrospector(db) : new PostgresIntrospector(db)),
      createQueryCompiler: () => (sqlite ? new SqliteQueryCompiler() : new PostgresQueryCompiler()),
    },
  });
}

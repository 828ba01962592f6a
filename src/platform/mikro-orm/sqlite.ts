import { setTimeout as sleep } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { CompiledQuery, type DatabaseConnection, type Driver, SqliteDialect, SqliteDriver } from 'kysely';
import { LRUCache } from 'lru-cache';
import { translateFailure } from './database-failure.ts';
import { ReleasingDriver } from './releasing-driver.ts';
import { bind, type SqlRow, type Statement, type StatementPreparer } from './statements.ts';

export interface SqliteOptions {
  readonly file: string;
  /** `full` survives a power cut; `normal` may lose the last commits to one, never to a crash of the process. */
  readonly synchronous: 'full' | 'normal';
  /** How long a transaction waits for another process that writes, in milliseconds. */
  readonly lockTimeout: number;
}

/** Waiting for a lock inside SQLite would stop the whole process, so it hardly does; the driver below waits. */
const BUSY_TIMEOUT_MS = 20;

const CACHED_STATEMENTS = 200;

/** better-sqlite3 takes neither dates nor booleans: milliseconds and 0 or 1 are what the ORM's columns hold. */
function toSqlite(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'boolean' ? Number(value) : value;
}

/** The writing connection, as a dialect for MikroORM: immediate transactions, prepared statements kept. */
export function sqliteWriter(options: SqliteOptions): SqliteDialect {
  const database = new SqliteDatabase(options.file, { timeout: BUSY_TIMEOUT_MS });
  database.pragma('journal_mode = wal');
  database.pragma(`synchronous = ${options.synchronous}`);
  const statements = new LRUCache<string, ReturnType<typeof convertingStatement>>({ max: CACHED_STATEMENTS });
  const prepare = (sql: string) => {
    const known = statements.get(sql);
    if (known) return known;
    const statement = convertingStatement(database.prepare(sql));
    statements.set(sql, statement);
    return statement;
  };
  const config = { database: { prepare, close: () => void database.close() } };
  return new ImmediateDialect(config, options.lockTimeout);
}

function convertingStatement(statement: SqliteDatabase.Statement) {
  return {
    reader: statement.reader,
    all: (values: readonly unknown[]) => statement.all(values.map(toSqlite)),
    run: (values: readonly unknown[]) => statement.run(values.map(toSqlite)),
    iterate: (values: readonly unknown[]) => statement.iterate(values.map(toSqlite)),
  };
}

class ImmediateDialect extends SqliteDialect {
  private readonly driver: Driver;

  constructor(config: ConstructorParameters<typeof SqliteDialect>[0], lockTimeout: number) {
    super(config);
    this.driver = new ReleasingDriver(new ImmediateDriver(config, lockTimeout));
  }

  override createDriver(): Driver {
    return this.driver;
  }
}

/**
 * Takes the write lock when a transaction begins: one that reads first and writes later would fail at once if
 * another process wrote in between, whatever the time-out. Waits for the lock without stopping the process.
 */
class ImmediateDriver extends SqliteDriver {
  private readonly lockTimeout: number;

  constructor(config: ConstructorParameters<typeof SqliteDriver>[0], lockTimeout: number) {
    super(config);
    this.lockTimeout = lockTimeout;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const deadline = performance.now() + this.lockTimeout;
    for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
      try {
        await connection.executeQuery(CompiledQuery.raw('begin immediate'));
        return;
      } catch (error) {
        const busy = (error as { code?: string }).code?.startsWith('SQLITE_BUSY');
        if (!busy || performance.now() + pause > deadline) throw error;
        await sleep(pause / 2 + (Math.random() * pause) / 2);
      }
    }
  }
}

/** The reading connection: read-only, so that it sees the last commit and never waits for the next. */
export function sqliteReader(file: string): StatementPreparer & { close(): void } {
  const database = new SqliteDatabase(file, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  return {
    dialect: 'sqlite',
    close: () => void database.close(),
    prepare(query): Statement {
      const compiled = query.compile();
      let statement: SqliteDatabase.Statement | undefined;
      return {
        async all(values) {
          try {
            statement ??= database.prepare(compiled.sql).raw(true);
            return statement.all(bind(compiled, values).map(toSqlite)) as SqlRow[];
          } catch (error) {
            throw translateFailure(error);
          }
        },
      };
    },
  };
}

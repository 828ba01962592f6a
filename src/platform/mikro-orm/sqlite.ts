import { setTimeout as sleep } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { type Driver, type QueryResult, SqliteDialect, SqliteDriver } from 'kysely';
import type { Cache } from '../cache/cache.ts';
import { EventLoopTurns } from '../event-loop-turns.ts';
import { translateFailure } from './database-failure.ts';
import { addDecimalSum } from './decimal-sum.ts';
import { ReleasingDriver } from './releasing-driver.ts';
import { bind, type SqlRow, type Statement, type StatementPreparer } from './statements.ts';
import { Turns } from './turns.ts';
import type { Writer, WriteTransaction } from './write-transaction.ts';

export interface SqliteOptions {
  readonly file: string;
  /** `full` survives a power cut; `normal` may lose the last commits to one, never to a crash of the process. */
  readonly synchronous: 'full' | 'normal';
  /** How long a transaction waits for another process that writes, in milliseconds. */
  readonly lockTimeout: number;
}

/** Waiting for a lock inside SQLite would stop the whole process, so it hardly does; the writer below waits. */
const BUSY_TIMEOUT_MS = 20;

/** 16 MiB of 4 KiB pages. A page that is written often is then copied into the database once for many writes. */
const CHECKPOINT_PAGES = 4096;

/** better-sqlite3 takes neither dates nor booleans: milliseconds and 0 or 1 are what the ORM's columns hold. */
function toSqlite(value: unknown): unknown {
  if (value instanceof Date) return value.getTime();
  return typeof value === 'boolean' ? Number(value) : value;
}

/**
 * The one connection that writes. A transaction takes the write lock when it begins: one that reads first and writes
 * later would fail at once if another process wrote in between, whatever the time-out. It waits for the lock without
 * stopping the process.
 */
export class SqliteWriter implements Writer {
  /** The same connection for the ORM, which uses it outside of our transactions for the schema only. */
  readonly dialect: SqliteDialect;
  private readonly database: SqliteDatabase.Database;
  private readonly statements = new Map<string, SqliteDatabase.Statement>();
  /** Those that give each row as a list. */
  private readonly rowStatements = new Map<string, SqliteDatabase.Statement>();
  private readonly dataVersion: SqliteDatabase.Statement;
  private readonly lockTimeout: number;
  private readonly turns: Turns;
  private readonly others = new EventLoopTurns();

  constructor({ file, synchronous, lockTimeout }: SqliteOptions) {
    this.database = new SqliteDatabase(file, { timeout: BUSY_TIMEOUT_MS });
    this.database.pragma('journal_mode = wal');
    this.database.pragma(`synchronous = ${synchronous}`);
    this.database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    this.dialect = new ReleasingSqliteDialect({ database: this.database });
    this.dataVersion = this.database.prepare('pragma data_version').pluck();
    this.lockTimeout = lockTimeout;
    this.turns = new Turns(1, lockTimeout);
  }

  async begin(): Promise<WriteTransaction> {
    await this.others.give();
    await this.turns.take();
    try {
      await this.takeLock();
    } catch (error) {
      this.turns.end();
      throw error;
    }
    return {
      ormContext: { executeQuery: async ({ sql }) => this.executeOnce(sql) },
      run: async (sql, values) => this.prepared(sql).run(values.map(toSqlite)).changes,
      query: async (sql, values) => this.prepared(sql).all(values.map(toSqlite)) as object[],
      rows: async (sql, values) =>
        this.prepared(sql, this.rowStatements).all(values.map(toSqlite)) as SqlRow[],
      commit: async () => {
        this.prepared('commit').run();
        this.turns.end();
      },
      rollback: async () => {
        try {
          this.prepared('rollback').run();
        } catch {
          // Where the disk is full, SQLite has rolled back already.
        }
        this.turns.end();
      },
    };
  }

  /** Another number whenever another process has written to the file. */
  foreignChanges(): number {
    return this.dataVersion.get() as number;
  }

  private async takeLock(): Promise<void> {
    const deadline = performance.now() + this.lockTimeout;
    for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
      try {
        this.prepared('begin immediate').run();
        return;
      } catch (error) {
        const busy = (error as { code?: string }).code?.startsWith('SQLITE_BUSY');
        if (!busy || performance.now() + pause > deadline) throw error;
        await sleep(pause / 2 + (Math.random() * pause) / 2);
      }
    }
  }

  private prepared(sql: string, statements = this.statements): SqliteDatabase.Statement {
    const known = statements.get(sql);
    if (known) return known;
    const statement = this.database.prepare(sql);
    if (statements === this.rowStatements) statement.raw(true);
    statements.set(sql, statement);
    return statement;
  }

  /** The ORM writes values into its statements, so none comes twice. */
  private executeOnce(sql: string): QueryResult<unknown> {
    const statement = this.database.prepare(sql);
    if (statement.reader) return { rows: statement.all() };
    return { numAffectedRows: BigInt(statement.run().changes), rows: [] };
  }
}

class ReleasingSqliteDialect extends SqliteDialect {
  private readonly config: ConstructorParameters<typeof SqliteDialect>[0];

  constructor(config: ConstructorParameters<typeof SqliteDialect>[0]) {
    super(config);
    this.config = config;
  }

  override createDriver(): Driver {
    return new ReleasingDriver(new SqliteDriver(this.config));
  }
}

export interface SqliteReader extends StatementPreparer {
  /** From its first statement until `end` it sees one state, whatever is committed meanwhile. */
  begin(): void;
  end(): void;
  close(): void;
}

/** A reading connection: read-only, so that it sees the last commit and never waits for the next. */
export function sqliteReader(file: string, counts: Cache): SqliteReader {
  const database = new SqliteDatabase(file, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  addDecimalSum(database);
  return {
    dialect: 'sqlite',
    counts,
    begin: () => void database.exec('begin'),
    end: () => void (database.inTransaction && database.exec('commit')),
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

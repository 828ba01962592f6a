import { createPostgreSqlTypeParsers } from '@mikro-orm/postgresql';
import { type Driver, PostgresDialect, PostgresDriver, type QueryResult } from 'kysely';
import { Pool, type PoolClient, TypeOverrides } from 'pg';
import type { Cache } from '../cache/cache.ts';
import { translateFailure } from './database-failure.ts';
import { ReleasingDriver } from './releasing-driver.ts';
import { bind, type Statement, type StatementPreparer } from './statements.ts';
import type { Writer, WriteTransaction } from './write-transaction.ts';

export interface PostgresOptions {
  readonly url: string;
  readonly poolSize: number;
  /** How long a statement waits for a lock, in milliseconds; other waits are bounded by a few times as much. */
  readonly timeout: number;
  /** What the pool has to say about connections that were lost while nobody used them. */
  readonly warn: (message: string) => void;
}

const MAX_CONNECT_TIMEOUT_MS = 5000;

/** The number of the type. */
const TIMESTAMPTZ = 1184;

/** JavaScript takes the year 1 as PostgreSQL writes it for 2001, and knows it as RFC 3339 does. */
function readableTime(text: string): string {
  return text.startsWith('00') ? text.replace(' ', 'T').replace(/\+00$/, 'Z') : text;
}

/** The connections that writes and reads share. The types are read as the ORM expects them. */
export function postgresPool({ url, poolSize, timeout, warn }: PostgresOptions): Pool {
  const types = new TypeOverrides();
  const parsers = createPostgreSqlTypeParsers(text => text as never);
  for (const [oid, parse] of Object.entries(parsers)) types.setTypeParser(Number(oid), parse as never);
  types.setTypeParser(TIMESTAMPTZ, readableTime as never);
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    types,
    application_name: 'atrium',
    // In another zone old times have offsets of minutes and seconds, which JavaScript does not read.
    options: '-c timezone=UTC',
    connectionTimeoutMillis: Math.min(timeout, MAX_CONNECT_TIMEOUT_MS),
    lock_timeout: timeout,
    statement_timeout: timeout * 2,
    // The server keeps the time-out above, unless it is itself what does not answer.
    query_timeout: timeout * 2,
    idle_in_transaction_session_timeout: timeout * 4,
    keepAlive: true,
    // Statements that wait for nothing of each other travel together.
    pipeline: true,
  });
  const lost = (error: Error) => warn(`Lost a connection to PostgreSQL: ${error.message}`);
  pool.on('error', lost);
  pool.on('connect', client => client.on('error', lost));
  return pool;
}

/** The pool as a dialect for MikroORM. */
export class PooledPostgresDialect extends PostgresDialect {
  private readonly config: ConstructorParameters<typeof PostgresDialect>[0];

  constructor(config: ConstructorParameters<typeof PostgresDialect>[0]) {
    super(config);
    this.config = config;
  }

  override createDriver(): Driver {
    return new ReleasingDriver(new PostgresDriver(this.config));
  }
}

/** Transactions on connections of the pool. */
export class PostgresWriter implements Writer {
  private readonly pool: Pool;
  private readonly names = new Map<string, string>();

  constructor(pool: Pool) {
    this.pool = pool;
  }

  /** Nothing waits for `begin` but what writes: it travels with what is read first. */
  async begin(): Promise<WriteTransaction> {
    const client = await this.pool.connect();
    const begun = client.query('begin');
    begun.catch(() => undefined);
    return {
      ormContext: {
        async executeQuery({ sql }) {
          await begun;
          return executeOnce(client, sql);
        },
      },
      run: async (sql, values) => {
        await begun;
        const { rowCount } = await client.query({ name: this.nameOf(sql), text: sql, values: [...values] });
        return rowCount ?? 0;
      },
      query: async (sql, values) => (await client.query(sql, [...values])).rows,
      rows: async (sql, values) => {
        const query = { name: this.nameOf(sql), text: sql, values: [...values], rowMode: 'array' as const };
        return (await client.query<unknown[]>(query)).rows;
      },
      commit: async () => {
        await begun;
        await client.query('commit');
        client.release();
      },
      rollback: () =>
        client.query('rollback').then(
          () => client.release(),
          () => client.release(true),
        ),
    };
  }

  private nameOf(sql: string): string {
    const known = this.names.get(sql);
    if (known) return known;
    const name = `atrium_write_${this.names.size + 1}`;
    this.names.set(sql, name);
    return name;
  }
}

/** The ORM writes values into its statements, so none comes twice. */
async function executeOnce(client: PoolClient, sql: string): Promise<QueryResult<unknown>> {
  const { rows, rowCount } = await client.query(sql);
  return { rows, ...(rowCount !== null && { numAffectedRows: BigInt(rowCount) }) };
}

/** Prepares on the pool by name: each connection parses and plans a statement once. */
export function postgresReader(pool: Pool, counts: Cache): StatementPreparer {
  let prepared = 0;
  return {
    dialect: 'postgresql',
    counts,
    prepare(query): Statement {
      const compiled = query.compile();
      prepared += 1;
      const statement = { name: `atrium_${prepared}`, text: compiled.sql, rowMode: 'array' as const };
      return {
        async all(values) {
          try {
            return (await pool.query<unknown[]>({ ...statement, values: bind(compiled, values) })).rows;
          } catch (error) {
            throw translateFailure(error);
          }
        },
      };
    },
  };
}

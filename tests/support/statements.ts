import SqliteDatabase from 'better-sqlite3';
import type { CompiledQuery } from 'kysely';
import pg from 'pg';
import type { Settings } from '../../src/platform/configuration/settings.ts';
import type { Database } from '../../src/platform/mikro-orm/database.ts';
import { addDecimalSum } from '../../src/platform/mikro-orm/decimal-sum.ts';
import { bind, type SqlValue, type StatementPreparer } from '../../src/platform/mikro-orm/statements.ts';
import type { Writer } from '../../src/platform/mikro-orm/write-transaction.ts';

/** One statement as it was run, with its values. */
export interface RanStatement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** The same database, whose read models note what they run. */
export function noting(database: Database): { readonly database: Database; readonly ran: RanStatement[] } {
  const ran: RanStatement[] = [];
  const noted = (reader: StatementPreparer): StatementPreparer => ({
    ...reader,
    prepare(query) {
      const compiled: CompiledQuery = query.compile();
      const statement = reader.prepare({ compile: () => compiled });
      return {
        all(values) {
          ran.push({ sql: compiled.sql, values: bind(compiled, values) });
          return statement.all(values);
        },
      };
    },
  });
  const { snapshots } = database;
  const notedSnapshots = snapshots && {
    read: <T>(work: (reader: StatementPreparer) => Promise<T>) =>
      snapshots.read(reader => work(noted(reader))),
  };
  const parts = { reader: noted(database.reader), snapshots: notedSnapshots };
  return { database: Object.assign(Object.create(database), parts), ran };
}

/** The same database, whose transactions note what they run between their begin and their end. */
export function notingWrites(database: Database): { readonly database: Database; readonly ran: string[] } {
  const ran: string[] = [];
  const real = Reflect.get(database, 'writer') as Writer;
  const writer: Writer = {
    async begin() {
      const transaction = await real.begin();
      return {
        ...transaction,
        ormContext: {
          executeQuery(query) {
            ran.push(query.sql);
            return transaction.ormContext.executeQuery(query);
          },
        },
        run(sql, values) {
          ran.push(sql);
          return transaction.run(sql, values);
        },
        rows(sql, values) {
          ran.push(sql);
          return transaction.rows(sql, values);
        },
      };
    },
  };
  return { database: Object.assign(Object.create(database), { writer }), ran };
}

/** How the database would run a statement, as it tells. */
export async function planOf(settings: Settings, { sql, values }: RanStatement): Promise<string> {
  if (settings.databaseUrl.startsWith('sqlite:')) {
    const database = new SqliteDatabase(
      `${settings.dataDir}/${settings.databaseUrl.slice('sqlite:'.length)}`,
    );
    addDecimalSum(database);
    const steps = database
      .prepare<unknown[], { detail: string }>(`explain query plan ${sql}`)
      .all(values.map(toSqlite));
    database.close();
    return steps.map(({ detail }) => detail).join('\n');
  }
  return onPostgres(settings, async client => {
    await client.query('analyze');
    return explained(client, sql, values);
  });
}

/** How PostgreSQL would run a statement with one value, whatever it is, as long as nobody has told it what is in the tables. */
export function planWithoutStatistics(settings: Settings, sql: string): Promise<string> {
  return onPostgres(settings, async client => {
    await client.query('set plan_cache_mode = force_generic_plan');
    await client.query(`prepare looked_at(text) as ${sql}`);
    return explained(client, `execute looked_at('[]')`);
  });
}

async function explained(client: pg.Client, sql: string, values: readonly SqlValue[] = []): Promise<string> {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${sql}`, [...values]);
  return rows.map(row => row['QUERY PLAN']).join('\n');
}

export async function onPostgres<T>(
  { databaseUrl }: Pick<Settings, 'databaseUrl'>,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function toSqlite(value: SqlValue): SqlValue {
  return typeof value === 'boolean' || value instanceof Date ? Number(value) : value;
}

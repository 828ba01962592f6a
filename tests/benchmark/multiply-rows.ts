import { resolve } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import pg from 'pg';
import { type Place, settle } from './storage-place.ts';

interface Dialect {
  /** A table of the numbers from 1 on, so many. */
  readonly steps: (count: number) => string;
  readonly newId: string;
  /** How much older a copy is. */
  readonly age: string;
}

/** SQLite has no function for a UUID, and the service takes nothing else for an id. */
const SQLITE_ID = [
  'hex(randomblob(4))',
  'hex(randomblob(2))',
  "'7' || substr(hex(randomblob(2)), 2)",
  "'a' || substr(hex(randomblob(2)), 2)",
  'hex(randomblob(6))',
].join(" || '-' || ");

const SQLITE: Dialect = {
  steps: count =>
    `(with recursive steps (step) as (values (1) union all select step + 1 from steps where step < ${count})
      select step from steps) as steps`,
  newId: `lower(${SQLITE_ID})`,
  age: 'steps.step * 1000',
};

const POSTGRESQL: Dialect = {
  steps: count => `generate_series(1, ${count}) as steps (step)`,
  newId: 'gen_random_uuid()',
  age: "steps.step * interval '1 second'",
};

/** Of PostgreSQL's table, but for what it makes itself. */
const COLUMNS = `select column_name as name from information_schema.columns
  where table_schema = current_schema() and table_name = $1 and is_generated = 'NEVER'`;

/**
 * Makes tables of a few rows ones of many: each row is copied so many times, with another id, one second older each time.
 * Inside the database, because a million rows over the service's own way would take longer than the measuring.
 */
export async function multiplyRows(place: Place, tables: readonly string[], times: number): Promise<void> {
  if (place.storage === 'sqlite') multiplyInSqlite(place, tables, times);
  else await multiplyInPostgres(place, tables, times);
  await settle(place);
}

function multiplyInSqlite({ settings }: Place, tables: readonly string[], times: number): void {
  const database = new SqliteDatabase(resolve(settings.DATA_DIR ?? '', 'atrium.db'));
  try {
    // In KiB: random ids touch all of an index.
    database.pragma('cache_size = -2000000');
    for (const table of tables) {
      const columns = database.pragma(`table_info(${table})`) as { name: string }[];
      // SQLite gives the next one by itself.
      const names = columns.map(({ name }) => name).filter(name => name !== 'seq');
      database.exec(copying(table, names, times, SQLITE));
    }
    database.exec('analyze');
  } finally {
    database.close();
  }
}

async function multiplyInPostgres(
  { settings }: Place,
  tables: readonly string[],
  times: number,
): Promise<void> {
  const client = new pg.Client({ connectionString: settings.DATABASE_URL });
  await client.connect();
  try {
    for (const table of tables) {
      const { rows: columns } = await client.query<{ name: string }>(COLUMNS, [table]);
      const names = columns.map(({ name }) => name);
      await client.query(copying(table, names, times, POSTGRESQL));
    }
  } finally {
    await client.end();
  }
}

function copying(
  table: string,
  names: readonly string[],
  times: number,
  { steps, newId, age }: Dialect,
): string {
  const values = names.map(name => {
    if (name === 'id') return newId;
    return name.endsWith('_at') ? `originals.${name} - ${age}` : `originals.${name}`;
  });
  return `insert into ${table} (${names}) select ${values} from ${table} as originals cross join ${steps(times - 1)}`;
}

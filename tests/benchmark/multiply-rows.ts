import { resolve } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import pg from 'pg';
import type { Place } from './storage-place.ts';
import { settle } from './storage-place.ts';

/** Rows copied by one statement, so that no transaction becomes too large. */
const PIECE = 100_000;

/**
 * Makes a table of some rows one of many: each is copied with another id, one second older each time. Inside the database,
 * because a million rows over the service's own way would take longer than the measuring.
 */
export async function multiplyRows(place: Place, tables: readonly string[], rows: number): Promise<void> {
  if (place.storage === 'sqlite') multiplyInSqlite(place, tables, rows);
  else await multiplyInPostgres(place, tables, rows);
  await settle(place);
}

function multiplyInSqlite({ settings }: Place, tables: readonly string[], rows: number): void {
  const database = new SqliteDatabase(resolve(settings.DATA_DIR ?? '', 'atrium.db'));
  try {
    for (const table of tables) {
      const columns = database.prepare(`pragma table_info(${table})`).all() as { name: string }[];
      const names = columns.map(({ name }) => name).filter(name => name !== 'seq');
      const count = () => database.prepare(`select count(*) from ${table}`).pluck().get() as number;
      const first = count();
      for (let step = 1; count() < rows; step += PIECE / first) {
        const values = names.map(name =>
          copied(
            name,
            "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-7' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))",
            'steps.step * 1000',
          ),
        );
        database.exec(`with recursive steps (step) as (select ${step} union all select step + 1 from steps where step < ${step + Math.min(PIECE, rows - count()) / first - 1})
          insert into ${table} (${names}) select ${values} from (select * from ${table} order by created_at desc limit ${first}) as rows cross join steps`);
      }
    }
    database.exec('analyze');
  } finally {
    database.close();
  }
}

async function multiplyInPostgres(
  { settings }: Place,
  tables: readonly string[],
  rows: number,
): Promise<void> {
  const client = new pg.Client({ connectionString: settings.DATABASE_URL });
  await client.connect();
  try {
    for (const table of tables) {
      const { rows: columns } = await client.query(
        `select column_name as name from information_schema.columns where table_schema = current_schema() and table_name = $1 and is_generated = 'NEVER'`,
        [table],
      );
      const names = columns.map(({ name }) => name as string);
      const {
        rows: [counted],
      } = await client.query(`select count(*)::integer as first from ${table}`);
      const { first } = counted as { first: number };
      const values = names.map(name => copied(name, 'gen_random_uuid()', "steps.step * interval '1 second'"));
      await client.query(
        `insert into ${table} (${names}) select ${values} from (select * from ${table}) as rows cross join generate_series(1, ${rows / first - 1}) as steps (step)`,
      );
    }
  } finally {
    await client.end();
  }
}

function copied(name: string, id: string, age: string): string {
  if (name === 'id') return id;
  return name.endsWith('_at') ? `rows.${name} - ${age}` : `rows.${name}`;
}

import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../configuration/settings.ts';
import type { Database } from './database.ts';
import { MIGRATIONS_TABLE } from './schema-step.ts';

/** Any number that nothing else in the database locks. */
const ADVISORY_LOCK = 4_207_849_484;

/** Milliseconds. */
const WAIT_FOR_OTHERS = 10_000;
const PAUSE = 50;

export interface StepState {
  readonly name: string;
  readonly applied: boolean;
}

/**
 * Which steps the database has, in order.
 * @throws StartError when it has one that this version does not know
 */
export async function schemaState(database: Database): Promise<StepState[]> {
  const applied = new Set(await appliedSteps(database));
  const known = ordered(database).map(({ name }) => name);
  const unknown = [...applied].filter(name => !known.includes(name as never));
  if (unknown.length > 0)
    throw new StartError(
      `The database has the schema of a newer version (${unknown.join(', ')}). Start that version, or restore a backup.`,
    );
  return known.map(name => ({ name, applied: applied.has(name) }));
}

/** Applies what is missing; of several processes that start together, one does it and the others wait. */
export async function migrateUp(database: Database): Promise<string[]> {
  const deadline = performance.now() + WAIT_FOR_OTHERS;
  for (;;) {
    if ((await schemaState(database)).every(({ applied }) => applied)) return [];
    try {
      return await exclusively(database, () => migrate(database, 'up'));
    } catch (error) {
      // On SQLite another process that starts too may have applied a step between our look and our lock.
      if (database.reader.dialect !== 'sqlite' || performance.now() > deadline) throw error;
      await sleep(PAUSE);
    }
  }
}

/** Takes back the newest step. */
export async function migrateDown(database: Database): Promise<string[]> {
  await schemaState(database);
  return exclusively(database, () => migrate(database, 'down'));
}

async function migrate(database: Database, direction: 'up' | 'down'): Promise<string[]> {
  const { createMigrator } = await import('./migrator.ts');
  const done = await createMigrator(database.orm, database.reader.dialect, ordered(database))[direction]();
  return done.map(({ name }) => name);
}

function ordered({ steps }: Database) {
  return [...steps].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function appliedSteps({ orm, reader }: Database): Promise<string[]> {
  const tables =
    reader.dialect === 'sqlite' ? 'sqlite_master' : 'pg_tables where schemaname = current_schema()';
  const nameOf = reader.dialect === 'sqlite' ? 'name' : 'tablename';
  const connection = orm.em.getDriver().getConnection();
  const found: { name: string }[] = await connection.execute(`select ${nameOf} as name from ${tables}`);
  if (!found.some(({ name }) => name === MIGRATIONS_TABLE)) return [];
  const rows: { name: string }[] = await connection.execute(`select name from ${MIGRATIONS_TABLE}`);
  return rows.map(({ name }) => name);
}

/** On SQLite each step's transaction takes the write lock; on PostgreSQL a session of ours holds a lock meanwhile. */
async function exclusively<T>({ orm, reader }: Database, work: () => Promise<T>): Promise<T> {
  if (reader.dialect === 'sqlite') return work();
  const { default: pg } = await import('pg');
  const session = new pg.Client({ connectionString: orm.config.get('clientUrl') as string });
  await session.connect();
  try {
    await session.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    return await work();
  } finally {
    await session.end();
  }
}

import { StartError } from '../configuration/settings.ts';
import type { Database } from './database.ts';
import { createMigrator, MIGRATIONS_TABLE } from './migrations.ts';

/** Any number that nothing else in the database locks. */
const ADVISORY_LOCK = 4_207_849_484;

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
  if ((await schemaState(database)).every(({ applied }) => applied)) return [];
  return exclusively(database, async () => {
    const done = await createMigrator(database.orm, database.reader.dialect, ordered(database)).up();
    return done.map(({ name }) => name);
  });
}

/** Takes back the newest step. */
export async function migrateDown(database: Database): Promise<string[]> {
  await schemaState(database);
  return exclusively(database, async () => {
    const done = await createMigrator(database.orm, database.reader.dialect, ordered(database)).down();
    return done.map(({ name }) => name);
  });
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

/** On SQLite each step's transaction takes the write lock; on PostgreSQL the session holds a lock of ours. */
async function exclusively<T>({ orm, reader }: Database, work: () => Promise<T>): Promise<T> {
  if (reader.dialect === 'sqlite') return work();
  const em = orm.em.fork();
  const connection = orm.em.getDriver().getConnection();
  return em.transactional(async holder => {
    await connection.execute(
      `select pg_advisory_xact_lock(${ADVISORY_LOCK})`,
      [],
      'all',
      holder.getTransactionContext(),
    );
    return work();
  });
}

import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { EventBus } from '../kernel/events.ts';
import { type Settings, StartError } from '../platform/configuration/settings.ts';
import type { JobEngine } from '../platform/jobs/job-engine.ts';
import type { Log } from '../platform/logging/log.ts';
import { MemoryStore } from '../platform/memory/memory-store.ts';
import type { Database } from '../platform/mikro-orm/database.ts';
import type { DatabaseSurroundings } from '../platform/mikro-orm/open-database.ts';
import type { Transaction } from '../platform/mikro-orm/transaction.ts';
import type { Storage } from '../platform/storage.ts';

export interface OpenStorage {
  readonly storage: Storage;
  readonly close: () => Promise<void>;
}

/** Opens the storage that DATABASE_URL names, with the schema that this version needs. @throws StartError */
export async function openStorage(
  settings: Settings,
  surroundings: DatabaseSurroundings,
): Promise<OpenStorage> {
  const { log, events } = surroundings;
  if (settings.databaseUrl === 'memory:') return openMemory(events);
  const [{ openDatabase }, { migrateUp }] = await Promise.all([
    import('../platform/mikro-orm/open-database.ts'),
    import('../platform/mikro-orm/migrate.ts'),
  ]);
  const database = await openDatabase(settings, surroundings);
  try {
    const applied = await migrateUp(database);
    if (applied.length > 0) log.info({ applied }, 'The database schema is up to date now');
  } catch (error) {
    await database.close();
    throw error;
  }
  const { jobs, close } = await openJobs(settings, database, log);
  return {
    storage: { kind: 'sql', database, jobs },
    async close() {
      await close();
      await database.close();
    },
  };
}

async function openMemory(events: EventBus): Promise<OpenStorage> {
  const { MemoryJobs } = await import('../platform/jobs/memory-jobs.ts');
  const store = new MemoryStore(events);
  return { storage: { kind: 'memory', store, jobs: new MemoryJobs(store) }, close: async () => undefined };
}

async function openJobs(
  { databaseUrl }: Settings,
  database: Database,
  log: Log,
): Promise<{ jobs: JobEngine<Transaction>; close: () => Promise<void> }> {
  if (database.reader.dialect === 'sqlite') {
    const { SqliteJobs } = await import('../platform/jobs/sqlite-jobs.ts');
    return { jobs: new SqliteJobs(database), close: async () => undefined };
  }
  const { PgBossJobs } = await import('../platform/jobs/pg-boss-jobs.ts');
  const jobs = new PgBossJobs(databaseUrl, database, log);
  return { jobs, close: () => jobs.close() };
}

/** @throws StartError */
export function makeDataDirectory({ databaseUrl, dataDir }: Settings): void {
  if (!databaseUrl.startsWith('sqlite:')) return;
  try {
    makeDirectory(resolve(dataDir));
  } catch (error) {
    throw new StartError(`Cannot make the data directory ${dataDir}: ${(error as Error).message}`);
  }
}

/** One after the other: Node's own recursion never ends where a parent exists but takes no children, as in /proc. */
function makeDirectory(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(path) !== path) makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o750 });
}

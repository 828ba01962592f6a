import type { JobEngine } from './jobs/job-engine.ts';
import type { MemoryStore, MemoryTransaction } from './memory/memory-store.ts';
import type { Database } from './mikro-orm/database.ts';
import type { Transaction } from './mikro-orm/transaction.ts';

export interface MemoryStorage {
  readonly kind: 'memory';
  readonly store: MemoryStore;
  readonly jobs: JobEngine<MemoryTransaction>;
}

export interface SqlStorage {
  readonly kind: 'sql';
  readonly database: Database;
  readonly jobs: JobEngine<Transaction>;
}

/** Where this process keeps things, as DATABASE_URL chose. */
export type Storage = MemoryStorage | SqlStorage;

/** A context's adapters for the storage there is. */
export function onStorage<Adapters>(
  storage: Storage,
  inMemory: (storage: MemoryStorage) => Adapters,
  mikroOrm: (storage: SqlStorage) => Adapters,
): Adapters {
  return storage.kind === 'memory' ? inMemory(storage) : mikroOrm(storage);
}

import type { MemoryStore } from './memory/memory-store.ts';
import type { Database } from './mikro-orm/database.ts';

/** Where this process keeps things, as DATABASE_URL chose. */
export type Storage =
  | { readonly kind: 'memory'; readonly store: MemoryStore }
  | { readonly kind: 'sql'; readonly database: Database };

/** A context's adapters for the storage there is. */
export function onStorage<Adapters>(
  storage: Storage,
  inMemory: (store: MemoryStore) => Adapters,
  mikroOrm: (database: Database) => Adapters,
): Adapters {
  return storage.kind === 'memory' ? inMemory(storage.store) : mikroOrm(storage.database);
}

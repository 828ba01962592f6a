import { type Cache, NO_CACHE } from '../platform/cache/cache.ts';
import { MemoryCache } from '../platform/cache/memory-cache.ts';
import type { RowsChanged, ViewTables } from '../platform/cache/tags.ts';
import type { Settings } from '../platform/configuration/settings.ts';
import type { Shared } from './shared.ts';

/** Milliseconds for which something is kept where others may write without being heard. */
const UNHEARD = 1000;

/** The cache of this process. On PostgreSQL other hosts and the command line may write, of which only Redis tells. */
export function cacheOf(
  { databaseUrl, cacheSize, cacheTtl }: Settings,
  { events, hearsOthers }: Shared,
  views: ViewTables = {},
): Cache {
  if (cacheSize === 0) return NO_CACHE;
  const longest = cacheTtl * 1000;
  const isShared = databaseUrl.startsWith('postgres');
  const lifetime = () => (isShared && !hearsOthers() ? Math.min(UNHEARD, longest) : longest);
  const cache = new MemoryCache({ size: cacheSize, lifetime, views });
  events.subscribe<RowsChanged>('platform.rows_changed', changed => cache.hear(changed));
  return cache;
}

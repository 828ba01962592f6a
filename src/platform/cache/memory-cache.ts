import { LRUCache } from 'lru-cache';
import type { Cache, Moment } from './cache.ts';
import { EVERYTHING, type RowsChanged, type ViewTables } from './tags.ts';

/** Tags whose last change is remembered one by one. */
const TAGS = 10_000;

/** No value takes more than this part of the cache. */
const LARGEST_PART = 1 / 16;

interface Kept {
  readonly value: object | number;
  readonly at: Moment;
  /** Of the process, in milliseconds. */
  readonly since: number;
}

export interface MemoryCacheOptions {
  /** Bytes. */
  readonly size: number;
  /** Milliseconds for which a value is kept; it may change at any time. */
  readonly lifetime: () => number;
  readonly views?: ViewTables;
}

/**
 * A cache in the memory of this process. It is told of changes and does not look for what they concern: a value is good
 * where none of its tags has changed since it was made.
 */
export class MemoryCache implements Cache {
  private readonly values: LRUCache<string, Kept>;
  private readonly changes = new LRUCache<string, Moment>({
    max: TAGS,
    // What is not remembered any more may concern any value that is older.
    dispose: (moment, _, reason) => {
      if (reason === 'evict') this.oldest = Math.max(this.oldest, moment);
    },
  });
  private readonly lifetime: () => number;
  private readonly viewsOf = new Map<string, string[]>();
  /** What is older than this may be wrong. */
  private oldest: Moment = 0;
  private last: Moment = 0;
  private foreignChanges: () => number = () => 0;
  private heardOf = 0;

  constructor({ size, lifetime, views = {} }: MemoryCacheOptions) {
    this.values = new LRUCache({ maxSize: size, maxEntrySize: Math.max(1, Math.floor(size * LARGEST_PART)) });
    this.lifetime = lifetime;
    for (const [view, tables] of Object.entries(views))
      for (const table of tables) this.viewsOf.set(table, [...(this.viewsOf.get(table) ?? []), view]);
  }

  watch(foreignChanges: () => number): void {
    this.foreignChanges = foreignChanges;
    this.heardOf = foreignChanges();
  }

  hear({ tags }: RowsChanged): void {
    this.last += 1;
    for (const tag of tags) {
      if (tag === EVERYTHING) this.oldest = this.last;
      else this.changes.set(tag, this.last);
      for (const view of this.viewsOf.get(tag) ?? []) this.changes.set(view, this.last);
    }
  }

  get<T>(key: string, tags: readonly string[]): T | undefined {
    this.lookForForeignChanges();
    const kept = this.values.get(key);
    if (!kept || kept.at < this.oldest || performance.now() - kept.since > this.lifetime()) return undefined;
    for (const tag of tags) if ((this.changes.peek(tag) ?? 0) > kept.at) return undefined;
    return kept.value as T;
  }

  moment(): Moment {
    this.lookForForeignChanges();
    return this.last;
  }

  keep(key: string, value: object | number, { at, size }: { at: Moment; size: number }): void {
    this.values.set(key, { value, at, since: performance.now() }, { size: size + key.length * 2 });
  }

  private lookForForeignChanges(): void {
    const now = this.foreignChanges();
    if (now === this.heardOf) return;
    this.heardOf = now;
    this.hear({ type: 'platform.rows_changed', tags: [EVERYTHING] });
  }
}

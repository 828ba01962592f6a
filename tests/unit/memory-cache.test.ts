import { describe, expect, it } from 'vitest';
import { MemoryCache, type MemoryCacheOptions } from '../../src/platform/cache/memory-cache.ts';
import { EVERYTHING } from '../../src/platform/cache/tags.ts';

const HOUR = 3_600_000;

function newCache(change: Partial<MemoryCacheOptions> = {}) {
  const cache = new MemoryCache({ size: 10_000, lifetime: () => HOUR, ...change });
  return {
    cache,
    keep: (key: string, at = cache.moment(), size = 1) => cache.keep(key, { is: key }, { at, size }),
    has: (key: string, ...tags: string[]) => cache.get(key, tags) !== undefined,
    change: (...tags: string[]) => cache.hear({ type: 'platform.rows_changed', tags }),
  };
}

describe('a cache in memory', () => {
  it('has what was kept, and nothing else', () => {
    const { cache, keep, has } = newCache();
    keep('a');
    expect(cache.get('a', ['posts'])).toEqual({ is: 'a' });
    expect(has('b', 'posts')).toBe(false);
  });

  it('does not have it any more when something that it is made of has changed', () => {
    const { keep, has, change } = newCache();
    keep('a');
    change('todos');
    expect(has('a', 'posts', 'people')).toBe(true);
    change('people');
    expect(has('a', 'posts', 'people')).toBe(false);
    keep('a');
    expect(has('a', 'posts', 'people')).toBe(true);
  });

  it('does not have what was being made while something that it is made of changed', () => {
    const { cache, keep, has, change } = newCache();
    const before = cache.moment();
    change('posts');
    keep('a', before);
    expect(has('a', 'posts')).toBe(false);
  });

  it('does not have what was made of a view when one of its tables has changed', () => {
    const { keep, has, change } = newCache({ views: { team_people: ['heroes', 'team_members'] } });
    keep('a');
    expect(has('a', 'team_people')).toBe(true);
    change('team_members');
    expect(has('a', 'team_people')).toBe(false);
  });

  it('has nothing when anything may have changed', () => {
    const { keep, has, change } = newCache();
    keep('a');
    change(EVERYTHING);
    expect(has('a', 'posts')).toBe(false);
  });

  it('has nothing after others have written without telling, nor what was being made meanwhile', () => {
    const { cache, keep, has } = newCache();
    let version = 1;
    cache.watch(() => version);
    keep('a');
    const before = cache.moment();
    expect(has('a', 'posts')).toBe(true);
    version += 1;
    expect(has('a', 'posts')).toBe(false);
    keep('b', before);
    expect(has('b', 'posts')).toBe(false);
    keep('c');
    expect(has('c', 'posts')).toBe(true);
  });

  it('forgets at the end of its lifetime, which may change meanwhile', () => {
    let lifetime = HOUR;
    const { keep, has } = newCache({ lifetime: () => lifetime });
    keep('a');
    expect(has('a', 'posts')).toBe(true);
    lifetime = -1;
    expect(has('a', 'posts')).toBe(false);
  });

  it('takes no more than its size, and nothing that takes a sixteenth of it', () => {
    const { keep, has } = newCache();
    keep('large', undefined, 1000);
    expect(has('large')).toBe(false);
    for (let index = 0; index < 100; index += 1) keep(`${index}`, undefined, 500);
    const kept = Array.from({ length: 100 }, (_, index) => has(`${index}`)).filter(Boolean).length;
    expect(kept).toBeGreaterThan(10);
    expect(kept).toBeLessThanOrEqual(20);
  });

  it('does not take for true what it cannot remember the changes of', () => {
    const { keep, has, change } = newCache();
    keep('a');
    change('todos/1');
    for (let index = 0; index < 10_000; index += 1) change(`other/${index}`);
    expect(has('a', 'todos/1')).toBe(false);
    keep('b');
    expect(has('b', 'todos/1')).toBe(true);
  });
});

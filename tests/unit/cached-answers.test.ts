import { expect, it } from 'vitest';
import { type Cache, NO_CACHE } from '../../src/platform/cache/cache.ts';
import { MemoryCache } from '../../src/platform/cache/memory-cache.ts';
import { cachedAnswers } from '../../src/platform/http/cached-answers.ts';
import type { Endpoint } from '../../src/platform/http/endpoint.ts';

const POSTS = { name: 'listPosts', madeOf: ['posts'] } as unknown as Endpoint;
const ASKED = { url: '/posts', principal: undefined };

/** How often an answer is made that two ask for at the same time. */
async function makings(cache: Cache, between: () => void = () => undefined): Promise<number> {
  const answer = cachedAnswers(POSTS, { cache, count: () => undefined });
  let made = 0;
  const make = async () => {
    made += 1;
    await new Promise(resolve => setImmediate(resolve));
    return { representation: '', head: [] } as never;
  };
  const first = answer(ASKED, make);
  between();
  await Promise.all([first, answer(ASKED, make)]);
  return made;
}

it('An answer that two ask for at the same time is made once, unless something was written in between', async () => {
  const cache = () => new MemoryCache({ size: 1000, lifetime: () => 1000 });
  expect(await makings(cache())).toBe(1);
  const written = cache();
  const write = () => written.hear({ type: 'platform.rows_changed', tags: ['posts'] });
  expect(await makings(written, write)).toBe(2);
});

it('Without a cache it is made for each, because nobody knows what was written in between', async () => {
  expect(await makings(NO_CACHE)).toBe(2);
});

import type { Principal } from '../../kernel/principal.ts';
import type { Cache, Moment } from '../cache/cache.ts';
import { tagsOf } from '../cache/tags.ts';
import type { Represented } from './answer.ts';
import type { Endpoint } from './endpoint.ts';

export interface CachedAnswersOptions {
  readonly cache: Cache;
  /** Told of each answer whether it was kept. */
  readonly count: (found: 'hit' | 'miss') => void;
}

/** Whose answer it is, and to what. `url` is the path and query as the client sent them. */
export interface Asked {
  readonly url: string;
  readonly principal: Principal | undefined;
}

type Make = () => Promise<Represented>;

interface Making {
  readonly at: Moment;
  readonly answer: Promise<Represented>;
}

/**
 * The way to the answer of an endpoint that says what it is `madeOf`: it is made once, and again when a row of that was
 * written. An answer behind a login is kept for one person with the scopes that they came with. Whoever asks for an answer
 * that is being made waits for it.
 */
export function cachedAnswers(
  { name, madeOf = [], scope }: Endpoint,
  { cache, count }: CachedAnswersOptions,
): (asked: Asked, make: Make) => Represented | Promise<Represented> {
  const common = tagsOf(madeOf);
  const isOwn = madeOf.some(dependency => typeof dependency !== 'string');
  const making = new Map<string, Making>();

  async function made(key: string, at: Moment, make: Make): Promise<Represented> {
    const answer = make();
    making.set(key, { at, answer });
    try {
      const represented = await answer;
      cache.keep(key, represented, { at, size: sizeOf(represented) });
      return represented;
    } finally {
      if (making.get(key)?.answer === answer) making.delete(key);
    }
  }

  return ({ url, principal }, make) => {
    const tags = isOwn ? tagsOf(madeOf, principal?.userId) : common;
    const key = scope ? `${name} ${whoseOf(principal)} ${url}` : `${name} ${url}`;
    const kept = cache.get<Represented>(key, tags);
    count(kept ? 'hit' : 'miss');
    if (kept) return kept;
    const at = cache.moment();
    const running = making.get(key);
    // Nothing has changed since it was begun, so it is not out of date.
    return running?.at === at ? running.answer : made(key, at, make);
  };
}

function whoseOf(principal: Principal | undefined): string {
  return principal ? `${principal.userId} ${[...principal.scopes].join(' ')}` : '';
}

/** Bytes, roughly: JavaScript has one or two for a character. */
function sizeOf({ representation = '', head }: Represented): number {
  return representation.length * 2 + head.flat().join().length * 2;
}

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ServerBusy } from '../../src/kernel/errors.ts';
import { Argon2PasswordHasher } from '../../src/modules/identity/adapters/argon2/argon2-password-hasher.ts';

/** What the library was asked to compute, and how much of it at once. It computes all the same. */
const asked = vi.hoisted(() => ({ hash: 0, verify: 0, running: 0, most: 0 }));

vi.mock('@node-rs/argon2', async importOriginal => {
  const library = await importOriginal<typeof import('@node-rs/argon2')>();
  const watched = (name: 'hash' | 'verify') => (first: string, second: never) => {
    asked[name] += 1;
    asked.running += 1;
    asked.most = Math.max(asked.most, asked.running);
    return library[name](first, second).finally(() => {
      asked.running -= 1;
    });
  };
  return { ...library, hash: watched('hash'), verify: watched('verify') };
});

const CHEAP = { memory: 64, iterations: 1, parallelism: 1, concurrency: 2, queue: 3 };
const PASSWORD = 'correct horse battery';

const KNOWN = await new Argon2PasswordHasher(CHEAP).hash(PASSWORD);

const WORK: readonly [name: string, work: (hasher: Argon2PasswordHasher) => Promise<unknown>][] = [
  ['hashing', hasher => hasher.hash(PASSWORD)],
  ['verifying somebody known', hasher => hasher.verify(KNOWN, PASSWORD)],
  ['verifying somebody unknown', hasher => hasher.verify(undefined, PASSWORD)],
];

beforeEach(() => {
  Object.assign(asked, { hash: 0, verify: 0, running: 0, most: 0 });
});

describe.each(WORK)('%s', (_, work) => {
  it.each([1, 2, 3])('computes at most %d at once, the first time too', async concurrency => {
    const hasher = new Argon2PasswordHasher({ ...CHEAP, concurrency, queue: 100 });
    await Promise.all(Array.from({ length: 12 }, () => work(hasher)));
    expect(asked.most).toBe(concurrency);
  });

  it('is refused where as many wait as may, and those are done', async () => {
    const hasher = new Argon2PasswordHasher(CHEAP);
    const ends = await Promise.allSettled(Array.from({ length: 9 }, () => work(hasher)));
    const done = ends.map(({ status }) => status === 'fulfilled');
    expect(done).toEqual([true, true, true, true, true, false, false, false, false]);
    for (const end of ends) if (end.status === 'rejected') expect(end.reason).toBeInstanceOf(ServerBusy);
  });

  it('is taken on again as soon as one place is free, and not more', async () => {
    const hasher = new Argon2PasswordHasher(CHEAP);
    const [first, ...others] = Array.from({ length: 5 }, () => work(hasher));
    await expect(work(hasher)).rejects.toThrow(ServerBusy);
    await first;
    const next = [work(hasher), ...others];
    await expect(Promise.all(next)).resolves.toHaveLength(5);
  });
});

it('is taken on again after a hash that cannot be read', async () => {
  const hasher = new Argon2PasswordHasher({ ...CHEAP, concurrency: 1, queue: 1 });
  await expect(hasher.verify('no hash at all', PASSWORD)).rejects.toThrow();
  await expect(hasher.verify(KNOWN, PASSWORD)).resolves.toBe(true);
});

it('takes known and unknown people in the order in which they come', async () => {
  const hasher = new Argon2PasswordHasher({ ...CHEAP, concurrency: 1, queue: 100 });
  const done: number[] = [];
  const people = [KNOWN, undefined, undefined, KNOWN, undefined, KNOWN];
  const all = people.map((hash, index) => hasher.verify(hash, PASSWORD).then(() => done.push(index)));
  await Promise.all(all);
  expect(done).toEqual([0, 1, 2, 3, 4, 5]);
});

it('computes as much for somebody unknown as for somebody known, and their hash only once', async () => {
  const hasher = new Argon2PasswordHasher({ ...CHEAP, queue: 100 });
  const unknown = () => hasher.verify(undefined, 'nobody has this password');
  expect(await Promise.all([unknown(), unknown(), unknown()])).toEqual([false, false, false]);
  expect(asked).toMatchObject({ hash: 1, verify: 3 });
  await hasher.verify(KNOWN, PASSWORD);
  await unknown();
  expect(asked).toMatchObject({ hash: 1, verify: 5 });
});

describe('a hash', () => {
  const today = new Argon2PasswordHasher({ ...CHEAP, memory: 64, iterations: 3, parallelism: 2 });

  it.each([
    ['today’s parameters', { memory: 64, iterations: 3, parallelism: 2 }, false],
    ['less memory', { memory: 32, iterations: 3, parallelism: 2 }, true],
    ['more memory', { memory: 640, iterations: 3, parallelism: 2 }, true],
    ['fewer iterations', { memory: 64, iterations: 2, parallelism: 2 }, true],
    ['more iterations', { memory: 64, iterations: 4, parallelism: 2 }, true],
    ['fewer lanes', { memory: 64, iterations: 3, parallelism: 1 }, true],
    ['more lanes', { memory: 64, iterations: 3, parallelism: 4 }, true],
  ])('of %s: %j is outdated: %s', async (_, parameters, outdated) => {
    const hash = await new Argon2PasswordHasher({ ...CHEAP, ...parameters }).hash(PASSWORD);
    expect(today.isOutdated(hash)).toBe(outdated);
    expect(await today.verify(hash, PASSWORD)).toBe(true);
  });

  it.each(['$argon2i$v=19$m=64,t=3,p=2$c2FsdA$aGFzaA', '$2b$12$abcdefghijklmnopqrstuv', 'none', ''])(
    'of another kind is outdated: %j',
    hash => expect(today.isOutdated(hash)).toBe(true),
  );
});

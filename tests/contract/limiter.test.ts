import { RateLimiterRes } from 'rate-limiter-flexible';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { CountingForWorkers, ipcLimiters } from '../../src/platform/limits/ipc-limiters.ts';
import type { Limiter, LimiterFactory } from '../../src/platform/limits/limiter.ts';
import { memoryLimiters } from '../../src/platform/limits/memory-limiters.ts';
import { redisLimiters } from '../../src/platform/limits/redis-limiters.ts';
import { RedisConnections } from '../../src/platform/redis/redis-connections.ts';
import { logLines } from '../support/log-lines.ts';
import { linkedPeers } from '../support/peers.ts';
import { TestRedis } from '../support/redis.ts';

const STORES = inject('hasRedis') ? (['memory', 'ipc', 'redis'] as const) : (['memory', 'ipc'] as const);

describe.each(STORES)('a limiter that counts by %s', store => {
  let redis: TestRedis;
  let connections: RedisConnections | undefined;
  let limiters: LimiterFactory;
  let limiter: Limiter;
  let rules = 0;

  beforeAll(async () => {
    if (store === 'redis') redis = await TestRedis.start();
  });
  afterAll(() => redis?.remove());
  beforeEach(async () => {
    limiters = memoryLimiters(1000);
    if (store === 'redis') {
      connections = new RedisConnections(redis.url, logLines().log);
      await connections.connect();
      limiters = redisLimiters(connections.commands);
    }
    if (store === 'ipc') {
      const { worker, primary } = linkedPeers();
      new CountingForWorkers(limiters).join(primary);
      limiters = ipcLimiters(worker);
    }
    limiter = limiters(rule());
  });
  afterEach(() => connections?.close());

  /** Three in 20 seconds, of a name that nothing has been counted under. */
  const rule = (points = 3, duration = 20) => {
    rules += 1;
    return { name: `rule ${rules}`, points, duration };
  };
  const consumed = async (key: string, by = limiter): Promise<[boolean, number]> => {
    const result = await by.consume(key).then(
      (admitted: RateLimiterRes) => ({ admitted }),
      (refused: unknown) => ({ refused }),
    );
    if ('admitted' in result) return [true, result.admitted.remainingPoints];
    if (result.refused instanceof RateLimiterRes) return [false, result.refused.remainingPoints];
    throw result.refused;
  };
  const secondsLeft = async (key: string, by = limiter) =>
    Math.ceil((await by.penalty(key)).msBeforeNext / 1000);

  it('admits as many as its rule allows, says what is left, and refuses the rest', async () => {
    const results = [];
    for (let time = 0; time < 5; time += 1) results.push(await consumed('a'));
    expect(results).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [false, 0],
      [false, 0],
    ]);
    expect(await secondsLeft('a')).toBeGreaterThan(15);
  });

  it('admits exactly as many of a hundred at once', async () => {
    const results = await Promise.all(Array.from({ length: 100 }, () => consumed('a')));
    expect(results.filter(([admitted]) => admitted)).toHaveLength(3);
  });

  it('counts each key, and each rule, for itself', async () => {
    for (let time = 0; time < 4; time += 1) await consumed('a');
    expect(await consumed('b')).toEqual([true, 2]);
    expect(await consumed('a', limiters(rule()))).toEqual([true, 2]);
    expect((await consumed('a'))[0]).toBe(false);
  });

  it('begins anew when the window has ended', async () => {
    const short = limiters(rule(1, 1));
    expect(await consumed('a', short)).toEqual([true, 0]);
    expect((await consumed('a', short))[0]).toBe(false);
    await vi.waitFor(async () => expect((await consumed('a', short))[0]).toBe(true), {
      timeout: 3000,
      interval: 20,
    });
  });

  it('takes one back, or one more than was tried', async () => {
    await consumed('a');
    await limiter.reward('a');
    expect(await consumed('a')).toEqual([true, 2]);
    expect((await limiter.penalty('a')).consumedPoints).toBe(2);
    expect(await consumed('a')).toEqual([true, 0]);
  });

  it('blocks a key for as long as it is told, whether it was counted before or not', async () => {
    await consumed('a');
    for (const key of ['a', 'b']) {
      await limiter.block(key, 100);
      expect((await consumed(key))[0]).toBe(false);
      expect(await secondsLeft(key)).toBeGreaterThan(95);
    }
  });

  it('forgets a key', async () => {
    for (let time = 0; time < 4; time += 1) await consumed('a');
    await limiter.delete('a');
    await limiter.delete('never seen');
    expect(await consumed('a')).toEqual([true, 2]);
  });
});

describe('a limiter that counts in memory', () => {
  it('keeps a bounded number of keys, and gives up the window that began first', async () => {
    const limiter = memoryLimiters(100)({ name: 'bounded', points: 1, duration: 60 });
    const admits = (key: string) =>
      limiter.consume(key).then(
        () => true,
        () => false,
      );
    for (let number = 0; number < 100; number += 1) await admits(`key ${number}`);
    expect(await admits('key 0')).toBe(false);
    for (let number = 100; number < 110; number += 1) await admits(`key ${number}`);
    expect(await admits('key 109')).toBe(false);
    expect(await admits('key 10')).toBe(false);
    expect(await admits('key 9')).toBe(true);
  });

  it('stays small under any number of keys', async () => {
    const limiter = memoryLimiters(100)({ name: 'bounded', points: 1, duration: 60 });
    for (let number = 0; number < 5000; number += 1) await limiter.penalty(`key ${number}`);
    const { counts } = limiter as unknown as { counts: { dump(): { storage: unknown[] } } };
    expect(counts.dump().storage).toHaveLength(100);
  });
});

describe.runIf(inject('hasRedis'))('limiters on one Redis', () => {
  let redis: TestRedis;
  let connections: RedisConnections[];

  beforeEach(async () => {
    redis = await TestRedis.start();
    connections = [];
  });
  afterEach(async () => {
    for (const connection of connections) await connection.close();
    await redis.remove();
  });

  const RULE = { name: 'shared', points: 3, duration: 20 };
  const process = async () => {
    const connection = new RedisConnections(redis.url, logLines().log);
    connections.push(connection);
    await connection.connect();
    return redisLimiters(connection.commands)(RULE);
  };

  it('count together, whichever process asks', async () => {
    const [one, other] = [await process(), await process()];
    const asked = Array.from({ length: 50 }, (_, time) => (time % 2 ? one : other).consume('a'));
    const results = await Promise.allSettled(asked);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });

  it('leave nothing behind that does not expire', async () => {
    const one = await process();
    await one.consume('a');
    await one.block('b', 10);
    await one.reward('c');
    const { commands } = connections[0] as RedisConnections;
    const keys = await commands.keys('*');
    expect(keys.toSorted()).toEqual(['a', 'b', 'c'].map(key => `atrium:limits:shared:${key}`));
    for (const key of keys) expect(await commands.ttl(key)).toBeGreaterThan(0);
  });

  it('fail with an error, at once, while it is away or frozen, and count again afterwards', async () => {
    const one = await process();
    await one.consume('a');
    redis.freeze();
    await expect(one.consume('a')).rejects.toThrow(/timed out|closed|Socket|not ready/i);
    const started = performance.now();
    for (let time = 0; time < 20; time += 1) await expect(one.consume('a')).rejects.toThrow(Error);
    expect(performance.now() - started).toBeLessThan(400);
    redis.thaw();
    await vi.waitFor(() => one.consume('b'), 5000);
    await redis.stop();
    await vi.waitFor(() => expect(one.consume('b')).rejects.toThrow('Redis connection is not ready'), 2000);
    await redis.start();
    await vi.waitFor(() => one.consume('c'), 5000);
  });
});

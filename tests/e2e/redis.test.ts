import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import type { Environment } from '../support/child-process.ts';
import type { Answer } from '../support/client.ts';
import { freePort } from '../support/postgres.ts';
import { expectProblem } from '../support/problem.ts';
import { TestRedis } from '../support/redis.ts';
import { ownStorage, type ServerProcess, startServer } from '../support/server-process.ts';
import { timed } from '../support/storage-trouble.ts';
import { revoked, signedIn, statusWith } from '../support/token-requests.ts';

/** Requests of an address in a minute. */
const LIMIT = 6;

/** Milliseconds: less than the half second after which a process reads the revocations anyway. */
const AT_ONCE = 300;

const ADDRESS = '198.51.100.7';

async function redisThat(does: 'runs' | 'is away'): Promise<TestRedis> {
  const redis = await TestRedis.prepare();
  onTestFinished(() => redis.remove());
  if (does === 'runs') await redis.start();
  return redis;
}

function environmentOf(redis: TestRedis, storage: Environment): Environment {
  return {
    ...storage,
    REDIS_URL: redis.url,
    RATE_LIMIT_REQUESTS: String(LIMIT),
    TRUSTED_PROXIES: '1',
    LOG_FORMAT: 'json',
    PUBLIC_URL: 'https://atrium.example.org',
  };
}

async function startOn(environment: Environment): Promise<ServerProcess> {
  return startServer({ ...environment, PORT: String(await freePort()) });
}

/** Asks as somebody who is counted; this machine itself is not. */
const ask = (server: ServerProcess, from = ADDRESS): Promise<Answer> =>
  server.request('GET', '/posts', { headers: { 'x-forwarded-for': from } });

async function failuresOf({ managementOrigin }: ServerProcess): Promise<number> {
  const text = await (await fetch(`${managementOrigin}/metrics`)).text();
  return Number(/^atrium_rate_limit_failures_total (\d+)$/m.exec(text)?.[1]);
}

const readinessOf = async (server: ServerProcess) => {
  const { status, body } = await server.request('GET', '//readyz');
  return { status, body };
};

const WITH = { status: 200, body: { status: 'ok', checks: { database: 'ok', redis: 'ok' } } };
const WITHOUT = { status: 200, body: { status: 'degraded', checks: { database: 'ok', redis: 'failed' } } };

/** The server's lines about Redis and limits, as level and message. */
const linesOf = ({ stdout }: ServerProcess): readonly string[] =>
  stdout
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line))
    .map(({ level, msg }) => `${level}: ${msg}`)
    .filter(line => /Redis|Limits/.test(line));

const AWAY = 'warn: Redis is away; this process works without it';
const BACK = 'info: Redis is back';
const UNCOUNTED = 'error: Limits cannot be counted; everybody is let through';

describe.runIf(inject('hasRedis'))('servers with Redis', () => {
  test('count the requests of an address together', async () => {
    const environment = environmentOf(await redisThat('runs'), await ownStorage('sqlite'));
    const servers = [await startOn(environment), await startOn(environment)] as const;
    for (let number = 0; number < LIMIT; number += 1)
      expect((await ask(servers[number % 2] as ServerProcess)).status).toBe(200);
    for (const server of servers) {
      expectProblem(await ask(server), 429, 'request.too_many');
      expect((await ask(server, '198.51.100.8')).status).toBe(200);
    }
    expect(await failuresOf(servers[0])).toBe(0);
    expect(await readinessOf(servers[0])).toEqual(WITH);
  });

  test('count the attempts on an account together', async () => {
    const environment = environmentOf(await redisThat('runs'), await ownStorage('sqlite'));
    const [a, b] = [await startOn(environment), await startOn(environment)];
    await a.register('alice');
    for (const server of [a, b, a, b, a])
      expect((await server.signIn('alice', 'wrong horse battery')).status).toBe(400);
    for (const server of [b, a]) {
      const { status, body } = await server.signIn('alice');
      expect({ status, code: body.code }).toEqual({ status: 429, code: 'identity.too_many_attempts' });
    }
  });

  test('refuse the tokens of a session at once that another of them ended', async () => {
    const redis = await redisThat('runs');
    const environment: Environment = {
      ...environmentOf(redis, await ownStorage('sqlite')),
      RATE_LIMIT: 'off',
    };
    const [a, b] = [await startOn(environment), await startOn(environment)];
    await a.register('alice');
    for (let round = 0; round < 6; round += 1) {
      const session = await signedIn(a);
      for (const server of [a, b, b]) expect(await statusWith(server, session)).toBe(200);
      await revoked(a, session.refresh_token);
      await vi.waitFor(async () => expect(await statusWith(b, session)).toBe(401), {
        timeout: AT_ONCE,
        interval: 5,
      });
    }
  });

  test('let everybody through while it is away, count that, say it once, and count again afterwards', async () => {
    const redis = await redisThat('runs');
    const server = await startOn(environmentOf(redis, await ownStorage('sqlite')));
    for (let number = 0; number < LIMIT; number += 1) await ask(server);
    expect((await ask(server)).status).toBe(429);
    await redis.stop();
    for (let number = 0; number < 20; number += 1) {
      const answer = await ask(server);
      expect(answer.status).toBe(200);
      expect(answer.headers.has('ratelimit')).toBe(false);
    }
    expect(await failuresOf(server)).toBe(20);
    await server.register('alice');
    expect((await server.signIn('alice')).status).toBe(200);
    expect(await readinessOf(server)).toEqual(WITHOUT);
    expect(linesOf(server)).toEqual([AWAY, UNCOUNTED]);

    await redis.start();
    await vi.waitFor(async () => expect(await readinessOf(server)).toEqual(WITH), 8000);
    const statuses = [];
    for (let number = 0; number <= LIMIT; number += 1) statuses.push((await ask(server)).status);
    expect(statuses).toEqual([...Array(LIMIT).fill(200), 429]);
    expect(linesOf(server)).toEqual([AWAY, UNCOUNTED, BACK]);
    server.signal('SIGTERM');
    expect(await server.ended()).toEqual({ code: 0, signal: null });
  });

  test('start while it is away, and use it once it is there', async () => {
    const redis = await redisThat('is away');
    const storage = await ownStorage('sqlite');
    const server = await startOn(environmentOf(redis, storage));
    expect((await ask(server)).status).toBe(200);
    expect(await readinessOf(server)).toEqual(WITHOUT);
    await redis.start();
    await vi.waitFor(async () => expect(await readinessOf(server)).toEqual(WITH), 8000);
    for (let number = 0; number < LIMIT; number += 1) await ask(server);
    expect((await ask(server)).status).toBe(429);
    await redis.stop();
    server.signal('SIGTERM');
    expect(await server.ended()).toEqual({ code: 0, signal: null });
  });

  test('are not slowed down by one that is frozen', async () => {
    const redis = await redisThat('runs');
    const server = await startOn(environmentOf(redis, await ownStorage('sqlite')));
    await ask(server);
    redis.freeze();
    const { result, took } = await timed(Promise.all(Array.from({ length: 10 }, () => ask(server))));
    expect(result.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(took).toBeLessThan(1500);
    const later = await timed(
      (async () => {
        for (let number = 0; number < 20; number += 1) expect((await ask(server)).status).toBe(200);
      })(),
    );
    expect(later.took).toBeLessThan(1500);
    expect(await readinessOf(server)).toEqual(WITHOUT);
    redis.thaw();
    await vi.waitFor(async () => expect(await readinessOf(server)).toEqual(WITH), 8000);
    server.signal('SIGTERM');
    expect(await server.ended()).toEqual({ code: 0, signal: null });
  });
});

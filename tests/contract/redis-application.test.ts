import Module from 'node:module';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { createContainer } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { freshStorage, testApplication } from '../support/application.ts';
import { TestRedis } from '../support/redis.ts';
import { revocationEvents } from '../support/revocations.ts';
import { baseSettings } from '../support/settings.ts';
import { openAccount, signIn } from '../support/sign-in.ts';

/** Whether this process has loaded the package. Each file of tests has a process of its own. */
const hasLoaded = (name: string) =>
  Object.keys((Module as unknown as { _cache: object })._cache).some(file =>
    file.includes(`/node_modules/${name}/`),
  );

it('an application without Redis does not load its package', async () => {
  const application = await testApplication('sqlite', { rateLimit: 'on' });
  application.get(tokens.credentialThrottle);
  application.get(tokens.limits).limiter({ name: 'any', points: 1, duration: 1 });
  expect(hasLoaded('rate-limiter-flexible')).toBe(true);
  expect(hasLoaded('ioredis')).toBe(false);
  await application.close();
});

describe.runIf(inject('hasRedis'))('two applications on one storage and one Redis', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  async function two() {
    const redis = await TestRedis.start();
    closing.push(() => redis.remove());
    const { settings: own, remove } = await freshStorage('sqlite');
    closing.push(remove);
    const settings = { ...baseSettings(), ...own, redisUrl: redis.url, passwordHashMemory: 64 };
    const [a, b] = [await createContainer(settings), await createContainer(settings)];
    closing.push(a.close, b.close);
    return [a, b] as const;
  }

  it('hear of what the other revoked, without a look into the storage', async () => {
    const [a, b] = await two();
    const events = revocationEvents(b);
    const { id } = await openAccount(a, 'alice');
    const { refreshToken } = await signIn(a, 'alice');
    const [session] = (await a.get(tokens.identityStorage).sessions.list({ paging: { page: 1, perPage: 1 } }))
      .rows;
    await a.get(tokens.identityProvider).revoke(refreshToken);
    await vi.waitFor(() => expect(events).toHaveLength(1), { timeout: 2000, interval: 5 });
    expect(events).toEqual([{ type: 'identity.access_revoked', userId: id, sessionId: session?.id }]);
  });

  it('check that Redis is there, as something that they can do without', async () => {
    const [a] = await two();
    const health = a.get(tokens.health);
    expect(await health.readiness()).toEqual({ status: 'ok', checks: { database: 'ok', redis: 'ok' } });
    await closing.splice(0, 1)[0]?.();
    expect(await health.readiness()).toEqual({
      status: 'degraded',
      checks: { database: 'ok', redis: 'failed' },
    });
  });
});

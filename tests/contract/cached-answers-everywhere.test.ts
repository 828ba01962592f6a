import fc from 'fast-check';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import type { Settings } from '../../src/platform/configuration/settings.ts';
import { freshStorage, type StorageName } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { TestRedis } from '../support/redis.ts';
import { openAccount } from '../support/sign-in.ts';
import { signedIn } from '../support/token-requests.ts';

/** Seconds, so that nothing is forgotten by itself while a test runs. */
const LONG = 3600;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** Servers on one storage, each with settings of its own. */
async function together(storage: StorageName, ...changes: Partial<Settings>[]): Promise<TestServer[]> {
  const { settings, remove } = await freshStorage(storage);
  closing.push(remove);
  const servers: TestServer[] = [];
  for (const change of changes) {
    const place = { databaseUrl: 'sqlite:atrium.db', ...settings };
    const server = await testServer('memory', { ...place, cacheTtl: LONG, ...change });
    closing.push(() => server.stop());
    servers.push(server);
  }
  return servers;
}

const titles = async (server: TestServer | undefined) =>
  (await server?.request('GET', '/posts'))?.body.results.map(({ title }: { title: string }) => title);

async function publish(server: TestServer | undefined, token: string, title: string): Promise<void> {
  await server?.request('POST', '/posts', { token, body: { title, content: 'a' } });
}

describe('answers that two servers keep', () => {
  it('are true at once on SQLite when another process has written to the file', async () => {
    const [one, other] = await together('sqlite', {}, {});
    const { token } = (await one?.signUp('alice')) ?? { token: '' };
    expect(await titles(other)).toEqual([]);
    await publish(one, token, 'New');
    expect(await titles(other)).toEqual(['New']);
  });

  it('are true within a second on PostgreSQL without Redis', async () => {
    const [one, other] = await together('postgresql', {}, {});
    const { token } = (await one?.signUp('alice')) ?? { token: '' };
    expect(await titles(other)).toEqual([]);
    await publish(one, token, 'New');
    await vi.waitFor(async () => expect(await titles(other)).toEqual(['New']), {
      timeout: 1500,
      interval: 50,
    });
  });

  describe.runIf(inject('hasRedis'))('with Redis', () => {
    it('are true as soon as Redis has told of the change, and also of what it could not tell', async () => {
      const redis = await TestRedis.start();
      closing.push(() => redis.remove());
      const shared = { redisUrl: redis.url };
      const [one, other] = await together('postgresql', shared, shared);
      const { token } = (await one?.signUp('alice')) ?? { token: '' };
      expect(await titles(other)).toEqual([]);
      await publish(one, token, 'First');
      await vi.waitFor(async () => expect(await titles(other)).toEqual(['First']), {
        timeout: 900,
        interval: 20,
      });
      await redis.stop();
      await publish(one, token, 'Second');
      await vi.waitFor(async () => expect(await titles(other)).toEqual(['Second', 'First']), {
        timeout: 1500,
        interval: 50,
      });
      await redis.start();
      await vi.waitFor(async () => expect(await titles(other)).toEqual(['Second', 'First']), 2000);
    });
  });
});

describe('answers that a server keeps are what it would answer anew', () => {
  const PATHS = ['/posts', '/todos', '/tasks', '/heroes', '/teams', '/people'];

  it('after any sequence of writes', { timeout: 120_000 }, async () => {
    const [server, forgetful] = (await together('sqlite', {}, { cacheSize: 0 })) as [TestServer, TestServer];
    const people = [await server.signUp('alice'), await server.signUp('bob')];
    await openAccount(server.application, 'root', 'admin');
    const root = (await signedIn(server, 'root')).access_token;
    const made: Record<string, string[]> = {
      '/posts': [],
      '/todos': [],
      '/tasks': [],
      '/heroes': [],
      '/teams': [],
    };

    const bodies = {
      '/posts': (text: string) => ({ title: text, content: text }),
      '/todos': (text: string) => ({ text }),
      '/tasks': (text: string, who: number) => ({
        title: `${text}...`,
        assignee_id: people[who]?.id,
        team_id: made['/teams']?.at(-1) ?? null,
      }),
      '/heroes': (text: string, who: number) => ({ name: text, user_id: people[who]?.id }),
      '/teams': (text: string) => ({ name: text }),
    } as const;
    const steps: fc.Arbitrary<Step> = fc.record({
      what: fc.constantFrom('create', 'change', 'delete', 'rename', 'join', 'leave'),
      list: fc.constantFrom('/posts', '/todos', '/tasks', '/heroes', '/teams'),
      who: fc.nat(1),
      text: fc.stringMatching(/^[a-z]{3,20}$/),
      nth: fc.nat(20),
    });

    async function take({ what, list, who, text, nth }: Step): Promise<void> {
      const token = list === '/heroes' || list === '/teams' ? root : people[who]?.token;
      const id = made[list]?.[nth % (made[list]?.length || 1)];
      const body = bodies[list](text, who);
      const request = (method: string, path: string, sent?: object, by = token) =>
        server.request(method, path, { token: by, body: sent });
      if (what === 'create') made[list]?.push((await request('POST', list, body)).body.id);
      if (what === 'change' && id) await request('PUT', `${list}/${id}`, body);
      if (what === 'delete' && id) await request('DELETE', `${list}/${id}`);
      if (what === 'rename') await request('PATCH', '/users/me', { full_name: text }, people[who]?.token);
      const link = `/teams/${made['/teams']?.at(-1)}/members/${made['/heroes']?.at(-1)}`;
      if (what === 'join') await request('PUT', link, { is_training: who === 0 }, root);
      if (what === 'leave') await request('DELETE', link, undefined, root);
    }

    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 15 }), async sequence => {
        for (const step of sequence) {
          await take(step);
          const singles = Object.entries(made).flatMap(([list, ids]) =>
            ids.slice(-1).map(id => `${list}/${id}`),
          );
          for (const path of [...PATHS, ...singles])
            for (const { token } of people) {
              const [kept, anew] = [
                await server.request('GET', path, { token }),
                await forgetful.request('GET', path, { token }),
              ];
              expect({ path, status: kept.status, ...kept.body, request_id: 0 }).toEqual({
                path,
                status: anew.status,
                ...anew.body,
                request_id: 0,
              });
            }
        }
      }),
      { numRuns: 8 },
    );
  });
});

interface Step {
  readonly what: 'create' | 'change' | 'delete' | 'rename' | 'join' | 'leave';
  readonly list: '/posts' | '/todos' | '/tasks' | '/heroes' | '/teams';
  readonly who: number;
  readonly text: string;
  readonly nth: number;
}

import { describe, expect, test, vi } from 'vitest';
import type { Environment } from '../support/child-process.ts';
import { freePort } from '../support/postgres.ts';
import { restartablePostgres } from '../support/restartable-postgres.ts';
import { ownStorage, SECRET_KEY, type ServerProcess, startServer } from '../support/server-process.ts';
import { expectUnavailable, startImpatient } from '../support/storage-trouble.ts';
import {
  refreshed,
  revoked,
  sessionIdOf,
  signedIn,
  statusWith,
  type Tokens,
} from '../support/token-requests.ts';

/** Tokens name it, so that each process takes those of the other. */
const PUBLIC_URL = 'https://atrium.example.org';

/** Milliseconds within which a session that one process ended is over in the others. */
const EVERYWHERE = 1000;

/** Milliseconds for which a process believes what it remembers while it cannot ask whether that was revoked. */
const TRUSTED = 1500;

async function startTwo(environment: Environment): Promise<readonly [ServerProcess, ServerProcess]> {
  const start = async () => startServer({ ...environment, PUBLIC_URL, PORT: String(await freePort()) });
  return [await start(), await start()];
}

/** Waits until this server refuses a token that was revoked just now. */
async function expectRefusedSoon(server: ServerProcess, tokens: Tokens): Promise<void> {
  const started = performance.now();
  await vi.waitFor(async () => expect(await statusWith(server, tokens)).toBe(401), {
    timeout: EVERYWHERE,
    interval: 20,
  });
  expect(performance.now() - started).toBeLessThan(EVERYWHERE);
}

describe.each(['sqlite', 'postgresql'] as const)('two processes on one database of %s', storage => {
  const ends: [string, (a: ServerProcess, session: Tokens, other: Tokens) => Promise<unknown>][] = [
    [
      'ended from another device',
      (a, session, { access_token: token }) =>
        a.request('DELETE', `/auth/sessions/${sessionIdOf(session)}`, { token }),
    ],
    [
      'ended with all others',
      (a, _, { access_token: token }) => a.request('DELETE', '/auth/sessions', { token }),
    ],
    ['revoked', (a, { refresh_token }) => revoked(a, refresh_token)],
    [
      'ended because a refresh token was used twice',
      async (a, { refresh_token }) => {
        const { body } = await refreshed(a, refresh_token);
        await refreshed(a, body.refresh_token);
        expect((await refreshed(a, refresh_token)).status).toBe(400);
      },
    ],
  ];

  test('both refuse, within a second, the tokens of a session that one of them ended', async () => {
    const [a, b] = await startTwo(await ownStorage(storage));
    await a.register('alice');
    for (const [how, endAt] of ends) {
      const [session, other] = [await signedIn(a), await signedIn(a)];
      for (const tokens of [session, other])
        for (const server of [a, b, b]) expect(await statusWith(server, tokens), how).toBe(200);
      await endAt(a, session, other);
      expect(await statusWith(a, session), how).toBe(401);
      await expectRefusedSoon(b, session);
      expect((await refreshed(b, session.refresh_token)).status, how).toBe(400);
      for (const server of [a, b]) expect(await statusWith(server, other), how).toBe(200);
    }
  });

  test('both forget an account that one of them deleted, and leave its names to the next', async () => {
    const [a, b] = await startTwo(await ownStorage(storage));
    await a.register('alice');
    const [session, other] = [await signedIn(a), await signedIn(b)];
    const as = { token: session.access_token };
    const post = { ...as, body: { title: 'Shared', content: 'With everybody' } };
    const { body: shared } = await a.request('POST', '/posts', post);
    await b.request('POST', '/todos', { token: other.access_token, body: { text: 'Own' } });
    for (const server of [a, b, b]) expect(await statusWith(server, session)).toBe(200);
    expect((await a.request('DELETE', '/users/me', as)).status).toBe(204);
    expect(await statusWith(a, other)).toBe(401);
    await expectRefusedSoon(b, session);
    expect((await refreshed(b, other.refresh_token)).status).toBe(400);
    await expect(signedIn(b)).rejects.toThrow('identity.invalid_grant');
    const { body } = await b.request('GET', `/posts/${shared.id}`);
    expect(body).toMatchObject({ content: 'With everybody', user_name: 'former member' });
    await a.register('alice');
    const next = await signedIn(b);
    const exported = await b.request('GET', '/users/me/export', { token: next.access_token });
    expect(exported).toMatchObject({
      status: 200,
      body: { account: { username: 'alice' }, posts: [], todos: [] },
    });
    expect(exported.body.sessions).toHaveLength(1);
  });

  test('give one successor to a refresh token that is used at both at once', async () => {
    const servers = await startTwo(await ownStorage(storage));
    await servers[0].register('alice');
    const { refresh_token: token } = await signedIn(servers[0]);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => refreshed(servers[index % 2] as ServerProcess, token)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const [successor, ...more] = new Set(answers.map(({ body }) => body.refresh_token));
    expect(more).toEqual([]);
    expect((await refreshed(servers[1], successor)).status).toBe(200);
  });
});

test('a process that cannot ask what was revoked believes no token for longer than 1.5 seconds', async () => {
  const postgres = await restartablePostgres();
  const server = await startImpatient({ DATABASE_URL: postgres.url, SECRET_KEY });
  await server.register('alice');
  const { access_token: token } = await signedIn(server);
  /** Says who asks before it says that there can be no such thing, for which it needs no database. */
  const ask = () => server.request('GET', '/todos/nonsense', { token });
  expect((await ask()).status).toBe(404);
  await postgres.stop();

  const stopped = performance.now();
  let asked = stopped;
  let answer = await ask();
  while (answer.status === 404 && asked - stopped < 2 * TRUSTED) {
    asked = performance.now();
    answer = await ask();
  }
  expectUnavailable(answer);
  expect(asked - stopped).toBeLessThan(TRUSTED);
  for (let round = 0; round < 5; round += 1) expectUnavailable(await ask());

  await postgres.start();
  await vi.waitFor(async () => expect((await ask()).status).toBe(404), 3000);
  expect((await server.request('GET', '/todos', { token })).status).toBe(200);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../support/application.ts';
import { type Answer, PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { expectOAuthError, expectProblem } from '../support/problem.ts';
import { refreshed } from '../support/token-requests.ts';

const FLOOD = 200;

/** Hashes that take far longer than another request, and of which fewer may wait than come. */
const SETTINGS = {
  passwordHashMemory: 19_456,
  passwordHashIterations: 8,
  passwordHashConcurrency: 2,
  passwordHashQueue: 20,
};

describe.each(STORAGES)('two hundred sign-ins at once on %s', storage => {
  let server: TestServer;
  let answers: Answer[];
  /** What others were answered before the last sign-in was. */
  const meanwhile: string[] = [];

  const signIn = () =>
    server.request('POST', '/auth/token', {
      form: { grant_type: 'password', username: 'alice', password: PASSWORD },
    });
  const logIn = () =>
    server.request('POST', '/auth/login', { body: { username: 'alice', password: PASSWORD } });

  /** One after the other: reads and writes, each by a token that no cache knows yet. */
  async function* others() {
    let { refreshToken } = await server.signUp('bob');
    for (;;) {
      const refresh = await refreshed(server, refreshToken);
      yield `refresh ${refresh.status}`;
      refreshToken = refresh.body.refresh_token;
      const token = refresh.body.access_token;
      yield `read ${(await server.request('GET', '/users/me', { token })).status}`;
      yield `write ${(await server.request('POST', '/todos', { token, body: { text: 'a' } })).status}`;
      yield `public ${(await server.request('GET', '/posts')).status}`;
      yield `health ${(await server.request('GET', '//readyz')).status}`;
    }
  }

  beforeAll(async () => {
    server = await testServer(storage, SETTINGS);
    await server.signUp('alice');
    const requests = others();
    await requests.next();
    let over = false;
    const flood = Promise.all(Array.from({ length: FLOOD / 2 }, () => [signIn(), logIn()]).flat());
    const flooded = flood.then(all => {
      over = true;
      return all;
    });
    while (!over) {
      const { value } = await requests.next();
      if (!over && value) meanwhile.push(value);
    }
    answers = await flooded;
  });
  afterAll(() => server.stop());

  const done = () => answers.filter(({ status }) => status === 200 || status === 204);

  it('keep nobody else from being answered, nor make them wait for a hash', () => {
    expect(meanwhile.length).toBeGreaterThan(done().length);
    const all = ['refresh 200', 'read 200', 'write 201', 'public 200', 'health 200'];
    expect(new Set(meanwhile)).toEqual(new Set(all));
  });

  it('are done, or refused with 503 and when to come again', () => {
    expect(done().length).toBeGreaterThanOrEqual(
      SETTINGS.passwordHashConcurrency + SETTINGS.passwordHashQueue,
    );
    const refused = answers.filter(({ status }) => status !== 200 && status !== 204);
    expect(refused).not.toEqual([]);
    for (const answer of refused) {
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(answer.headers.getSetCookie()).toEqual([]);
      if (answer.body.instance === '/api/v1/auth/login') expectProblem(answer, 503, 'server.busy');
      else expectOAuthError(answer, 'temporarily_unavailable', 'server.busy', 503);
    }
  });

  it('are over when they are over: whoever comes then is signed in', async () => {
    expect((await signIn()).status).toBe(200);
    expect((await logIn()).status).toBe(204);
  });
});

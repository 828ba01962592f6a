import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokenFor } from '../support/administrator.ts';
import { type Answer, PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { deviceHeader } from '../support/cookies.ts';
import { expectProblem } from '../support/problem.ts';

const TOO_MANY = 'identity.too_many_attempts';

/** Without the limits on requests as such, which come sooner than those on guessing. */
const SETTINGS = {
  rateLimit: 'on',
  rateLimitRequests: 1_000_000,
  rateLimitSensitive: 1_000_000,
  trustedProxies: 1,
} as const;

interface From {
  readonly username?: string;
  readonly password?: string;
  /** What the proxy in front says. */
  readonly address?: string;
}

describe('delays on signing in', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await testServer('memory', SETTINGS);
    for (const name of ['alice', 'bob']) await server.signUp(name);
  });
  afterEach(() => server.stop());

  const headersOf = ({ address = '192.0.2.1' }: From) => ({ 'x-forwarded-for': address });
  const token = ({ username = 'alice', password = 'wrong', ...from }: From = {}) =>
    server.request('POST', '/auth/token', {
      form: { grant_type: 'password', username, password },
      headers: headersOf(from),
    });
  const logIn = ({ username = 'alice', password = 'wrong', ...from }: From = {}) =>
    server.request('POST', '/auth/login', { body: { username, password }, headers: headersOf(from) });
  const right = (from: From = {}) => token({ ...from, password: PASSWORD });
  const exhaust = async (from: From = {}) => {
    for (let count = 0; count < 5; count++) expect((await token(from)).status).toBe(400);
  };
  const expectFirstPause = ({ headers }: Answer) => {
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(12);
    expect(seconds).toBeLessThanOrEqual(15);
  };

  it('answers 429 at /auth/token in the form of OAuth, with the time to come back', async () => {
    await exhaust();
    const answer = await token();
    expect(answer.status).toBe(429);
    expectFirstPause(answer);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json(;|$)/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({
      error: 'temporarily_unavailable',
      error_description: answer.body.detail,
      type: `urn:atrium:problem:${TOO_MANY}`,
      title: 'Too Many Requests',
      status: 429,
      detail: expect.stringContaining('too many attempts'),
      instance: '/api/v1/auth/token',
      code: TOO_MANY,
      request_id: answer.headers.get('x-request-id'),
    });
  });

  it('answers 429 at /auth/login as a problem, and sets no cookie', async () => {
    for (let count = 0; count < 5; count++) expect((await logIn()).status).toBe(400);
    const answer = await logIn({ password: PASSWORD });
    expectProblem(answer, 429, TOO_MANY);
    expectFirstPause(answer);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('counts both ways to sign in, and all names of one account, together', async () => {
    await token({ username: 'alice' });
    await token({ username: 'ALICE' });
    await token({ username: 'alice@example.org' });
    await logIn({ username: 'Alice@Example.org' });
    await logIn();
    for (const answer of [await right(), await right({ username: 'alice@example.org' })])
      expect(answer.status).toBe(429);
    expect((await logIn({ password: PASSWORD })).status).toBe(429);
  });

  it('refuses the right password during the pause', async () => {
    await exhaust();
    for (let count = 0; count < 3; count++) expect((await right()).status).toBe(429);
  });

  it('lets in with the right password before the pause, and counts from the start then', async () => {
    for (let count = 0; count < 4; count++) await token();
    expect((await right()).status).toBe(200);
    await exhaust();
    expect((await right()).status).toBe(429);
  });

  it('does not hinder another account, or another address', async () => {
    await exhaust();
    expect((await token()).status).toBe(429);
    expect((await right({ username: 'bob' })).status).toBe(200);
    expect((await right({ address: '192.0.2.2' })).status).toBe(200);
    expect((await right({ address: '2001:db8::1' })).status).toBe(200);
    expect((await right()).status).toBe(429);
  });

  it('believes only the nearest proxy, so that nobody chooses an address for each guess', async () => {
    const from = (number: number) => ({ address: `198.51.100.${number}, 192.0.2.1` });
    for (let number = 0; number < 5; number++) await token(from(number));
    expect((await right(from(6))).status).toBe(429);
    expect((await right()).status).toBe(429);
  });

  it('does not end sessions or hinder refreshing them', async () => {
    const { body } = await right();
    await exhaust();
    expect((await token()).status).toBe(429);
    expect((await server.request('GET', '/users/me', { token: body.access_token })).status).toBe(200);
    const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token };
    expect((await server.request('POST', '/auth/token', { form, headers: headersOf({}) })).status).toBe(200);
  });

  it.each(['nobody', 'nobody@example.org', 'not a name'])(
    'slows down the name %j that nobody has as one that somebody has',
    async username => {
      await exhaust({ username });
      expectFirstPause(await token({ username }));
    },
  );

  it.each(['alice', 'nobody', 'alice@example.org', 'nobody@example.org'])(
    'does not tell whether somebody is called %s by how its case is taken',
    async username => {
      await exhaust({ username });
      expect((await token({ username: username.toUpperCase() })).status).toBe(429);
    },
  );

  it('looks at five of two hundred wrong guesses at once', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, () => token()));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter(status => status === 400)).toHaveLength(5);
    expect(statuses.filter(status => status === 429)).toHaveLength(195);
    for (const { headers, status } of answers)
      if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await right()).status).toBe(429);
  });

  it('looks at 300 guesses from one address on any accounts', async () => {
    const people = Array.from({ length: 320 }, (_, number) => `user-${number}`);
    const answers = await Promise.all(people.map(username => token({ username })));
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(300);
    const refused = await right({ username: 'bob' });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await right({ username: 'bob', address: '192.0.2.2' })).status).toBe(200);
  });
});

describe('a known device', () => {
  let server: TestServer;
  let known: string;
  beforeEach(async () => {
    server = await testServer('memory', SETTINGS);
    for (const name of ['alice', 'bob']) await server.signUp(name);
    known = deviceHeader(await logIn({ password: PASSWORD }));
  });
  afterEach(() => server.stop());

  interface Device extends From {
    readonly cookie?: string;
  }

  const headersOf = ({ address = '192.0.2.1', cookie }: Device) => ({
    'x-forwarded-for': address,
    ...(cookie && { cookie }),
  });
  const logIn = ({ username = 'alice', password = 'wrong', ...from }: Device = {}) =>
    server.request('POST', '/auth/login', { body: { username, password }, headers: headersOf(from) });
  const token = ({ username = 'alice', password = 'wrong', ...from }: Device = {}) =>
    server.request('POST', '/auth/token', {
      form: { grant_type: 'password', username, password },
      headers: headersOf(from),
    });
  const guess = async (count: number, from: Device = {}) => {
    for (let number = 0; number < count; number++) expect((await logIn(from)).status).toBe(400);
  };

  it('is let in during the pause that others at the same address have caused', async () => {
    await guess(5);
    expect((await logIn({ password: PASSWORD })).status).toBe(429);
    expect((await logIn({ password: PASSWORD, cookie: known })).status).toBe(204);
    expect((await token({ password: PASSWORD, cookie: known })).status).toBe(200);
    expect((await logIn({ password: PASSWORD })).status).toBe(429);
  });

  it('is let in where its address has guessed at too many accounts', async () => {
    const people = Array.from({ length: 300 }, (_, number) => `user-${number}`);
    await Promise.all(people.map(username => token({ username })));
    expect((await logIn({ password: PASSWORD })).status).toBe(429);
    expect((await logIn({ password: PASSWORD, cookie: known })).status).toBe(204);
  });

  it('has five guesses of its own, from whatever address, and then a pause', async () => {
    for (let number = 1; number <= 5; number++)
      expect((await logIn({ cookie: known, address: `198.51.100.${number}` })).status).toBe(400);
    for (const address of ['198.51.100.6', '192.0.2.1']) {
      const refused = await logIn({ password: PASSWORD, cookie: known, address });
      expectProblem(refused, 429, TOO_MANY);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(12);
    }
    expect((await token({ password: PASSWORD, cookie: known })).status).toBe(429);
  });

  it('whose token was stolen and used up does not hinder its person on others', async () => {
    const phone = deviceHeader(await logIn({ password: PASSWORD }));
    await guess(5, { cookie: known, address: '203.0.113.9' });
    expect((await logIn({ password: PASSWORD, cookie: phone })).status).toBe(204);
    expect((await logIn({ password: PASSWORD })).status).toBe(204);
  });

  it('has its guesses back after the right password', async () => {
    await guess(4, { cookie: known });
    expect((await logIn({ password: PASSWORD, cookie: known })).status).toBe(204);
    await guess(5, { cookie: known });
    expect((await logIn({ password: PASSWORD, cookie: known })).status).toBe(429);
  });

  it('is as any other to another account', async () => {
    await guess(5, { username: 'bob' });
    expect((await logIn({ username: 'bob', password: PASSWORD, cookie: known })).status).toBe(429);
  });

  it('is as any other with a cookie that was made up, and once the password has changed', async () => {
    await guess(5);
    for (const cookie of [`${known.slice(0, -20)}${'A'.repeat(20)}`, 'atrium_device=', 'atrium_device=x.y'])
      expect((await logIn({ password: PASSWORD, cookie })).status).toBe(429);
    const { body } = await token({ password: PASSWORD, cookie: known });
    const change = { current_password: PASSWORD, new_password: 'another horse battery' };
    const changed = await server.request('PUT', '/users/me/password', {
      token: body.access_token,
      body: change,
    });
    expect(changed.status).toBe(204);
    expect((await logIn({ password: 'another horse battery', cookie: known })).status).toBe(429);
  });

  it('cannot be made to use up its guesses by the page of another site', async () => {
    const form = { grant_type: 'password', username: 'alice', password: 'wrong' };
    const headers = { 'sec-fetch-site': 'same-site', 'x-forwarded-for': '192.0.2.9', cookie: known };
    for (let number = 0; number < 6; number++)
      expect((await server.request('POST', '/auth/token', { form, headers })).status).toBe(
        number < 5 ? 400 : 429,
      );
    expect((await logIn({ password: PASSWORD, cookie: known })).status).toBe(204);
  });
});

describe('without delays', () => {
  it('looks at every guess', async () => {
    const server = await testServer();
    await server.signUp('alice');
    const form = { grant_type: 'password', username: 'alice', password: 'wrong' };
    for (let count = 0; count < 20; count++)
      expect((await server.request('POST', '/auth/token', { form })).status).toBe(400);
    await tokenFor(server, 'alice');
    await server.stop();
  });
});

import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { revokeAccess } from '../../src/modules/identity/application/revoke-access.ts';
import { STORAGES } from '../support/application.ts';
import {
  type Answer,
  PASSWORD,
  type RequestOptions,
  type TestServer,
  testServer,
} from '../support/client.ts';
import { cookieHeader, cookiesSetBy, expectDropped } from '../support/cookies.ts';
import { expectProblem, type Fault } from '../support/problem.ts';
import { rawRequest } from '../support/raw-request.ts';
import { TestClock } from '../support/test-clock.ts';

const OWN = 'http://atrium.test';
const FRIEND = 'https://app.example.org';
const STRANGER = 'https://evil.example';

/** What the browser of somebody who is on another site says. */
const CROSS_SITE: readonly Readonly<Record<string, string>>[] = [
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'cross-site', origin: STRANGER },
  { 'sec-fetch-site': 'same-site', origin: 'http://blog.atrium.test' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'cross-site', origin: 'null' },
  { origin: STRANGER },
  { origin: 'null' },
  { origin: `${OWN}:8080` },
  { origin: OWN.replace('http', 'https') },
];

/** What that of somebody who is here or with a friend says; at last, what is no browser. */
const SAME_SITE: readonly Readonly<Record<string, string>>[] = [
  { 'sec-fetch-site': 'same-origin', origin: OWN },
  { 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-site': 'none' },
  { origin: OWN },
  { 'sec-fetch-site': 'cross-site', origin: FRIEND },
  { origin: FRIEND },
  {},
];

const browser = (server: TestServer) => ({
  logIn: (fields: object = {}, headers: Record<string, string> = {}) =>
    server.request('POST', '/auth/login', {
      body: { username: 'alice', password: PASSWORD, ...fields },
      headers,
    }),
  send: (cookie: string, method: string, path: string, { headers, ...options }: RequestOptions = {}) =>
    server.request(method, path, { ...options, headers: { ...(cookie && { cookie }), ...headers } }),
});

describe.each(STORAGES)('a browser on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let id: string;
  beforeAll(async () => {
    server = await testServer(storage, { publicUrl: OWN, corsOrigins: FRIEND }, [
      override(tokens.clock, clock),
    ]);
    ({ id } = await server.signUp('alice'));
  });
  afterAll(() => server.stop());

  const logIn = (fields?: object, headers?: Record<string, string>) => browser(server).logIn(fields, headers);
  const send = (cookie: string, method: string, path: string, options?: RequestOptions) =>
    browser(server).send(cookie, method, path, options);
  const signedIn = async () => cookieHeader(await logIn());
  const refresh = (cookie: string, headers: Record<string, string> = {}) =>
    send(cookie, 'POST', '/auth/refresh', { headers });
  const logOut = (cookie: string, headers: Record<string, string> = {}) =>
    send(cookie, 'POST', '/auth/logout', { headers });
  const isSignedIn = async (cookie: string) => (await send(cookie, 'GET', '/users/me')).status === 200;
  const texts = async (cookie: string): Promise<string[]> =>
    (await send(cookie, 'GET', '/todos')).body.results.map(({ text }: { text: string }) => text);

  describe('that signs in', () => {
    it.each(['alice', 'ALICE', 'alice@example.org'])(
      'as %s gets its session in two cookies, and one to be known again',
      async username => {
        const answer = await logIn({ username });
        expect(answer).toMatchObject({ status: 204, body: undefined });
        expect(answer.headers.get('cache-control')).toBe('no-store');
        const attributes = (seconds: number) =>
          ['HttpOnly', `Max-Age=${seconds}`, 'Path=/', 'SameSite=Lax'].toSorted();
        expect(cookiesSetBy(answer)).toEqual([
          {
            name: 'atrium_access',
            value: expect.stringMatching(/^v4\.public\./),
            attributes: attributes(900),
          },
          { name: 'atrium_refresh', value: expect.stringMatching(/^atr_/), attributes: attributes(604_800) },
          {
            name: 'atrium_device',
            value: expect.stringMatching(/^[\w-]{150,400}$/),
            attributes: attributes(400 * 86_400),
          },
        ]);
        const me = await send(cookieHeader(answer), 'GET', '/users/me');
        expect(me).toMatchObject({ status: 200, body: { id } });
      },
    );

    it('loses the session that it had, which nobody could end any more, and no other', async () => {
      const [had, elsewhere] = [await signedIn(), await signedIn()];
      expect((await logIn({ password: 'wrong horse battery' }, { cookie: had })).status).toBe(400);
      expect(await isSignedIn(had)).toBe(true);
      const has = cookieHeader(await logIn({}, { cookie: had }));
      expect(await isSignedIn(had)).toBe(false);
      expect((await refresh(had)).status).toBe(401);
      for (const cookie of [has, elsewhere]) expect(await isSignedIn(cookie)).toBe(true);
    });

    it('names its device, and sees it in the list of sessions', async () => {
      const cookie = cookieHeader(await logIn({ device_name: 'Laptop' }));
      const { body } = await send(cookie, 'GET', '/auth/sessions');
      const current = body.results.filter((session: { current: boolean }) => session.current);
      expect(current).toMatchObject([{ device_name: 'Laptop', address: '127.0.0.1' }]);
    });

    it.each([
      ['a wrong password', { password: 'wrong horse battery' }],
      ['an unknown name', { username: 'nobody' }],
      ['an unknown address', { username: 'alice@example.com' }],
    ])('with %s gets 400 and no cookies', async (_, fields) => {
      const answer = await logIn(fields);
      expectProblem(answer, 400, 'identity.invalid_grant');
      expect(answer.body.detail).toBe('Incorrect email or password');
      expect(cookiesSetBy(answer)).toEqual([]);
    });

    it.each<[string, unknown, readonly Fault[]]>([
      ['no user name', { password: PASSWORD }, [['/username', 'required']]],
      ['no password', { username: 'alice' }, [['/password', 'required']]],
      ['an empty user name', { username: '', password: PASSWORD }, [['/username', 'min_length']]],
      ['an empty password', { username: 'alice', password: '' }, [['/password', 'min_length']]],
      ['a number as password', { username: 'alice', password: 12345678 }, [['/password', 'type']]],
      ['a list as user name', { username: ['alice'], password: PASSWORD }, [['/username', 'type']]],
      [
        'a user name of 255 characters',
        { username: 'x'.repeat(255), password: PASSWORD },
        [['/username', 'max_length']],
      ],
      [
        'a password of 513 characters',
        { username: 'alice', password: 'x'.repeat(513) },
        [['/password', 'max_length']],
      ],
      [
        'a device without a name',
        { username: 'alice', password: PASSWORD, device_name: '' },
        [['/device_name', 'min_length']],
      ],
      [
        'an unknown field',
        { username: 'alice', password: PASSWORD, scope: 'todos' },
        [['/scope', 'unknown_field']],
      ],
    ])('with %s gets 422 that names the field, and no cookies', async (_, body, faults) => {
      const answer = await server.request('POST', '/auth/login', { body });
      expectProblem(answer, 422, 'request.invalid', faults);
      expect(cookiesSetBy(answer)).toEqual([]);
    });

    it.each([
      [415, 'request.unsupported_media_type', { form: { username: 'alice', password: PASSWORD } }],
      [400, 'request.malformed_json', { body: '{"username":' }],
      [422, 'request.invalid', {}],
      [422, 'request.invalid', { body: [] }],
      [422, 'request.invalid', { body: 'null' }],
    ])('gets %d %s and no cookies for %j', async (status, code, options) => {
      const answer = await server.request('POST', '/auth/login', options);
      expectProblem(answer, status, code);
      expect(cookiesSetBy(answer)).toEqual([]);
    });
  });

  describe('that is signed in', () => {
    it('reads, adds, changes and deletes what is its own', async () => {
      const cookie = await signedIn();
      const added = await send(cookie, 'POST', '/todos', { body: { text: 'With a cookie' } });
      expect(added.status).toBe(201);
      const path = `/todos/${added.body.id}`;
      expect(await texts(cookie)).toContain('With a cookie');
      expect((await send(cookie, 'PATCH', path, { body: { completed: true } })).status).toBe(200);
      expect((await send(cookie, 'GET', path)).body).toMatchObject({ completed: true });
      expect((await send(cookie, 'DELETE', path)).status).toBe(204);
      expect(await texts(cookie)).not.toContain('With a cookie');
    });

    it('is somebody else for whom its request carries an access token, from wherever it comes', async () => {
      const [cookie, bob] = [await signedIn(), await server.signUp('bob')];
      const me = await send(cookie, 'GET', '/users/me', { token: bob.token });
      expect(me.body).toMatchObject({ id: bob.id });
      for (const headers of CROSS_SITE) {
        const body = { text: `By Bob from ${JSON.stringify(headers)}` };
        const added = await send(cookie, 'POST', '/todos', { token: bob.token, body, headers });
        expect(added.status).toBe(201);
        expect(await texts(cookie)).not.toContain(body.text);
      }
    });

    it('is nobody where its request carries a bad access token, or something else in its place', async () => {
      const cookie = await signedIn();
      const bad = await send(cookie, 'GET', '/users/me', { token: 'nonsense' });
      expectProblem(bad, 401, 'identity.invalid_token');
      for (const authorization of ['Basic YWxpY2U6cGFzc3dvcmQ=', 'Bearer', 'Bearer '])
        expect((await send(cookie, 'GET', '/users/me', { headers: { authorization } })).status).toBe(401);
    });

    it('is not let in by its refresh token, and cannot use its access token to refresh', async () => {
      const [access = '', refreshing = ''] = (await signedIn()).split('; ');
      const swapped = refreshing.replace('atrium_refresh', 'atrium_access');
      expectProblem(await send(swapped, 'GET', '/users/me'), 401, 'identity.invalid_token');
      expectProblem(await send(refreshing, 'GET', '/users/me'), 401, 'request.unauthenticated');
      const refreshed = await refresh(access.replace('atrium_access', 'atrium_refresh'));
      expectProblem(refreshed, 401, 'request.unauthenticated');
    });

    it('is signed out when its access token has expired, until it refreshes', async () => {
      const cookie = await signedIn();
      clock.advance(900 + 60);
      expectProblem(await send(cookie, 'GET', '/users/me'), 401, 'identity.invalid_token');
      expect(await isSignedIn(cookieHeader(await refresh(cookie)))).toBe(true);
    });
  });

  describe('that another site makes send something', () => {
    it.each(CROSS_SITE)('writes nothing: %j', async headers => {
      const cookie = await signedIn();
      const text = `Before ${JSON.stringify(headers)}`;
      const { body: todo } = await send(cookie, 'POST', '/todos', { body: { text } });
      const before = await texts(cookie);
      for (const [method, path, body] of [
        ['POST', '/todos', { text: 'CSRF' }],
        ['PATCH', `/todos/${todo.id}`, { text: 'CSRF' }],
        ['PUT', `/todos/${todo.id}`, { text: 'CSRF' }],
        ['DELETE', `/todos/${todo.id}`, undefined],
        ['POST', '/posts', { title: 'CSRF', content: 'CSRF' }],
        ['DELETE', '/auth/sessions', undefined],
      ] as const) {
        const answer = await send(cookie, method, path, { headers, body });
        expectProblem(answer, 403, 'identity.cross_site');
      }
      expect(await texts(cookie)).toEqual(before);
      expect((await server.request('GET', '/posts')).body.results).toEqual([]);
    });

    it.each(CROSS_SITE)('may read what the browser shows to nobody: %j', async headers => {
      const answer = await send(await signedIn(), 'GET', '/users/me', { headers });
      expect(answer.status).toBe(200);
      expect(answer.headers.has('access-control-allow-origin')).toBe(false);
    });

    it.each(CROSS_SITE)('is neither signed in nor refreshed nor signed out: %j', async headers => {
      const login = await logIn({}, headers);
      expectProblem(login, 403, 'identity.cross_site');
      expect(cookiesSetBy(login)).toEqual([]);
      const wrong = await logIn({ password: 'wrong horse battery' }, headers);
      expectProblem(wrong, 403, 'identity.cross_site');

      const cookie = await signedIn();
      for (const answer of [await refresh(cookie, headers), await logOut(cookie, headers)]) {
        expectProblem(answer, 403, 'identity.cross_site');
        expect(cookiesSetBy(answer)).toEqual([]);
      }
      expect(await isSignedIn(cookie)).toBe(true);
      clock.advance(60);
      const [, before] = cookie.split('; ');
      const refreshed = await refresh(cookie);
      expect(refreshed.status).toBe(204);
      expect(cookieHeader(refreshed)).not.toContain(before);
    });
  });

  it.each(SAME_SITE)('that is here or with a friend does all that: %j', async headers => {
    const login = await logIn({}, headers);
    expect(login.status).toBe(204);
    const refreshed = await refresh(cookieHeader(login), headers);
    expect(refreshed.status).toBe(204);
    const cookie = cookieHeader(refreshed);
    const text = `From ${JSON.stringify(headers)}`;
    const added = await send(cookie, 'POST', '/todos', { headers, body: { text } });
    expect(added.status).toBe(201);
    expect(await texts(cookie)).toContain(text);
    expect((await logOut(cookie, headers)).status).toBe(204);
    expect(await isSignedIn(cookie)).toBe(false);
  });

  describe('that refreshes', () => {
    it('gets other cookies of the same session', async () => {
      const first = cookieHeader(await logIn({ device_name: 'Refreshed' }));
      clock.advance(60);
      const answer = await refresh(first);
      expect(answer).toMatchObject({ status: 204, body: undefined });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const second = cookieHeader(answer);
      for (const pair of first.split('; ')) expect(second).not.toContain(pair);
      expect(await isSignedIn(second)).toBe(true);
      const { body } = await send(second, 'GET', '/auth/sessions?per_page=100');
      const devices = body.results.map((session: { device_name: string }) => session.device_name);
      expect(devices.filter((name: string) => name === 'Refreshed')).toHaveLength(1);
    });

    it('in two tabs at once gets the same session in both', async () => {
      const first = await signedIn();
      const tabs = [cookieHeader(await refresh(first))];
      clock.advance(10);
      tabs.push(cookieHeader(await refresh(first)));
      const refreshTokens = tabs.map(cookie => cookie.split('; ')[1]);
      expect(refreshTokens[1]).toBe(refreshTokens[0]);
      for (const cookie of tabs) expect(await isSignedIn(cookie)).toBe(true);
    });

    it('with what it used long ago loses the session, and both cookies', async () => {
      const first = await signedIn();
      const second = cookieHeader(await refresh(first));
      expect(await isSignedIn(second)).toBe(true);
      clock.advance(11);
      const reused = await refresh(first);
      expectProblem(reused, 401, 'request.unauthenticated');
      expectDropped(reused);
      expectProblem(await send(second, 'GET', '/users/me'), 401, 'identity.invalid_token');
      expect((await refresh(second)).status).toBe(401);
    });

    it.each([
      ['no cookies', ''],
      ['an empty one', 'atrium_refresh='],
      ['the cookie of something else', 'theme=dark; refresh=x'],
      ['nonsense', 'atrium_refresh=nonsense'],
      ['an unknown token', `atrium_refresh=atr_${'a'.repeat(43)}.${'b'.repeat(43)}`],
      ['percent signs', 'atrium_refresh=%'],
      ['SQL', "atrium_refresh=' or 1=1 --"],
    ])('with %s gets 401 and loses both cookies', async (_, cookie) => {
      const answer = await refresh(cookie);
      expectProblem(answer, 401, 'request.unauthenticated');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="atrium"');
      expectDropped(answer);
    });
  });

  describe('that signs out', () => {
    it('ends its session at once, and loses both cookies', async () => {
      const [cookie, other] = [await signedIn(), await signedIn()];
      expect(await isSignedIn(cookie)).toBe(true);
      const answer = await logOut(cookie);
      expect(answer).toMatchObject({ status: 204, body: undefined });
      expectDropped(answer);
      expectProblem(await send(cookie, 'GET', '/users/me'), 401, 'identity.invalid_token');
      const refused = await send(cookie, 'POST', '/todos', { body: { text: 'After the end' } });
      expectProblem(refused, 401, 'identity.invalid_token');
      expectProblem(await refresh(cookie), 401, 'request.unauthenticated');
      expect(await isSignedIn(other)).toBe(true);
      expect(await texts(other)).not.toContain('After the end');
    });

    it.each([
      ['the access token', 0],
      ['the refresh token', 1],
    ])('with %s alone ends its session too', async (_, index) => {
      const cookie = await signedIn();
      expect((await logOut(cookie.split('; ')[index] ?? '')).status).toBe(204);
      expect(await isSignedIn(cookie)).toBe(false);
    });

    it('ends its session though its access token has expired', async () => {
      const cookie = await signedIn();
      clock.advance(900 + 60);
      expect((await logOut(cookie)).status).toBe(204);
      expect((await refresh(cookie)).status).toBe(401);
    });

    it.each(['nonsense', `atr_${'a'.repeat(43)}.${'b'.repeat(43)}`])(
      'ends its session though its refresh token is the unknown %s',
      async unknown => {
        const [access = ''] = (await signedIn()).split('; ');
        expectDropped(await logOut(`${access}; atrium_refresh=${unknown}`));
        expectProblem(await send(access, 'GET', '/users/me'), 401, 'identity.invalid_token');
      },
    );

    it.each(['', 'theme=dark', 'atrium_access=; atrium_refresh=', 'atrium_access=x; atrium_refresh=y'])(
      'with %j gets 204, and loses both cookies',
      async cookie => {
        const answer = await logOut(cookie);
        expect(answer.status).toBe(204);
        expectDropped(answer);
      },
    );

    it('twice gets the same answer twice', async () => {
      const cookie = await signedIn();
      for (const answer of [await logOut(cookie), await logOut(cookie)]) {
        expect(answer.status).toBe(204);
        expectDropped(answer);
      }
    });
  });

  it('of somebody whose account is deactivated is refused everywhere, and can still sign out', async () => {
    const { id: eveId } = await server.signUp('eve');
    const cookie = cookieHeader(await logIn({ username: 'eve' }));
    expect(await isSignedIn(cookie)).toBe(true);
    await server.application.get(tokens.identityStorage).work.run(async repositories => {
      Object.assign((await repositories.users.get(eveId)) ?? {}, { isActive: false });
      await revokeAccess({ userId: eveId, sessionId: null }, repositories, clock.now());
    });
    expectProblem(await send(cookie, 'GET', '/users/me'), 400, 'identity.inactive');
    const added = await send(cookie, 'POST', '/todos', { body: { text: 'By nobody' } });
    expectProblem(added, 400, 'identity.inactive');
    const again = await logIn({ username: 'eve' });
    expectProblem(again, 400, 'identity.invalid_grant');
    expect(cookiesSetBy(again)).toEqual([]);
    const refreshed = await refresh(cookie);
    expectProblem(refreshed, 401, 'request.unauthenticated');
    expectDropped(refreshed);
    expectDropped(await logOut(cookie));
  });

  describe('with a malformed Cookie header', () => {
    const JUNK: readonly string[] = [
      ';',
      ';;; ; ;',
      '=',
      '=;=;=',
      'atrium_access',
      'atrium_access=%; atrium_refresh=%',
      'atrium_access=%E0%A4%A; atrium_refresh=%00',
      'atrium_access=%ff%fe',
      'atrium_access="v4.public.x"',
      'atrium_access=v4.public.%2e; atrium_refresh=atr_%2e',
      '__proto__=x; constructor=y; atrium_access=__proto__',
      'atrium_access=a, atrium_refresh=b',
      `atrium_access=${'x'.repeat(8192)}`,
      `atrium_refresh=${'%41'.repeat(2730)}`,
      `${'a=b; '.repeat(1638)}`,
      'atrium_access=\xff\xfe; atrium_refresh=\x80',
    ];

    it.each(JUNK.map(cookie => [cookie.slice(0, 60), cookie]))(
      'is signed out, and no more: %j',
      async (_, cookie) => {
        const headers = { cookie, 'content-type': 'application/json' };
        const ask = (method: string, path: string, body: object | undefined = undefined) =>
          rawRequest(server.origin, {
            method,
            path: `/api/v1${path}`,
            headers,
            body: body ? [JSON.stringify(body)] : [],
          });
        expect((await ask('GET', '/users/me')).status).toBe(401);
        expect((await ask('POST', '/todos', { text: 'Junk' })).status).toBe(401);
        expect((await ask('POST', '/auth/refresh')).status).toBe(401);
        expect((await ask('POST', '/auth/logout')).status).toBe(204);
        expect((await ask('GET', '/posts')).status).toBe(200);
        expect((await ask('POST', '/auth/login', { username: 'alice', password: PASSWORD })).status).toBe(
          204,
        );
      },
    );

    it('is signed in by its cookies among junk, and by the first of two of the same name', async () => {
      const cookie = await signedIn();
      expect(await isSignedIn(`theme=%; =; ${cookie}; a b c; lang="de"`)).toBe(true);
      expect(await isSignedIn(`${cookie}; atrium_access=nonsense`)).toBe(true);
      expect(await isSignedIn(`atrium_access=nonsense; ${cookie}`)).toBe(false);
    });

    it('that comes twice is read as one (RFC 6265, section 5.4)', async () => {
      const pairs = (await signedIn()).split('; ');
      const answer = await fetch(`${server.origin}/api/v1/users/me`, {
        headers: pairs.map((pair): [string, string] => ['cookie', pair]).toReversed(),
      });
      expect(answer.status).toBe(200);
    });
  });
});

describe('over https', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer('memory', { publicUrl: 'https://atrium.test', sessionIdleTtl: 3600 });
    await server.signUp('alice');
  });
  afterAll(() => server.stop());

  const attributes = (seconds: number) =>
    ['HttpOnly', `Max-Age=${seconds}`, 'Path=/', 'SameSite=Lax', 'Secure'].toSorted();

  it('the cookies are the host’s alone, and are sent over https only', async () => {
    const answer = await browser(server).logIn();
    const token = expect.stringMatching(/^[\w.-]{40,}$/);
    expect(cookiesSetBy(answer)).toEqual([
      { name: '__Host-atrium_access', value: token, attributes: attributes(900) },
      { name: '__Host-atrium_refresh', value: token, attributes: attributes(3600) },
      { name: '__Host-atrium_device', value: token, attributes: attributes(400 * 86_400) },
    ]);
    const cookie = cookieHeader(answer);
    const { send } = browser(server);
    expect((await send(cookie, 'GET', '/users/me')).status).toBe(200);
    const refreshed = await send(cookie, 'POST', '/auth/refresh');
    expect(cookiesSetBy(refreshed).map(({ attributes }) => attributes)).toEqual([
      attributes(900),
      attributes(3600),
    ]);
    const out = await send(cookie, 'POST', '/auth/logout');
    expect(cookiesSetBy(out)).toEqual([
      { name: '__Host-atrium_access', value: '', attributes: attributes(0) },
      { name: '__Host-atrium_refresh', value: '', attributes: attributes(0) },
    ]);
    expect((await send(cookie, 'GET', '/users/me')).status).toBe(401);
  });

  it('cookies that another host could have set are not believed', async () => {
    const cookie = cookieHeader(await browser(server).logIn()).replaceAll('__Host-', '');
    expect((await browser(server).send(cookie, 'GET', '/users/me')).status).toBe(401);
    expect((await browser(server).send(cookie, 'POST', '/auth/refresh')).status).toBe(401);
  });

  it('the same name over http is another site', async () => {
    const answer = await browser(server).logIn({}, { origin: 'http://atrium.test' });
    expectProblem(answer, 403, 'identity.cross_site');
    expect((await browser(server).logIn({}, { origin: 'https://atrium.test' })).status).toBe(204);
  });
});

it('says no token and no password in a body or in the log', async () => {
  let logged = '';
  const stream = new Writable({
    write(chunk, _, done) {
      logged += chunk;
      done();
    },
  });
  const clock = new TestClock();
  const server = await testServer('memory', {}, [
    override(tokens.clock, clock),
    override(tokens.log, pino({ level: 'trace' }, stream)),
  ]);
  onTestFinished(() => server.stop());
  await server.signUp('alice');
  const { logIn, send } = browser(server);
  const wrong = 'wrong horse battery';
  const login = await logIn();
  const first = cookieHeader(login);
  const refreshed = await send(first, 'POST', '/auth/refresh');
  const second = cookieHeader(refreshed);
  clock.advance(60);
  const answers: Answer[] = [
    login,
    refreshed,
    await logIn({ password: wrong }),
    await logIn({ unknown: wrong }),
    await logIn({}, { origin: STRANGER }),
    await send(second, 'POST', '/auth/refresh', { headers: { origin: STRANGER } }),
    await send(second, 'POST', '/auth/logout', { headers: { origin: STRANGER } }),
    await send(second, 'GET', '/users/me'),
    await send(second, 'GET', '/auth/sessions'),
    await send(first, 'POST', '/auth/refresh'),
    await send(second, 'POST', '/auth/logout'),
    await send(second, 'GET', '/users/me'),
  ];
  expect(answers.map(({ status }) => status)).toEqual([
    204, 204, 400, 422, 403, 403, 403, 200, 200, 401, 204, 401,
  ]);
  for (const path of ['login', 'refresh', 'logout']) expect(logged).toContain(`/api/v1/auth/${path}`);
  const cookies = [...cookiesSetBy(login), ...cookiesSetBy(refreshed)].map(({ value }) => value);
  expect(cookies).toHaveLength(5);
  const said = answers.map(({ body }) => JSON.stringify(body)).join('\n');
  for (const secret of [...cookies, PASSWORD, wrong]) {
    expect(secret.length).toBeGreaterThan(10);
    expect(said).not.toContain(secret);
    expect(logged).not.toContain(secret);
  }
});

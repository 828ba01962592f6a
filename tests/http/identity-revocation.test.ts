import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { type Answer, type TestServer, testServer } from '../support/client.ts';
import { claimsOf, forge, ownKey, strangersKey } from '../support/forge.ts';
import { expectOAuthError, faultsOf } from '../support/problem.ts';
import { openAccount } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';
import { refreshed, revoked, signedIn, statusWith, type Tokens } from '../support/token-requests.ts';

/** RFC 7009, section 2.2: the status says it all. */
function expectDone({ status, body, headers }: Answer): void {
  expect({ status, body }).toEqual({ status: 200, body: undefined });
  expect(headers.has('content-type')).toBe(false);
  expect(headers.get('content-length')).toBe('0');
  expect(headers.get('cache-control')).toBe('no-store');
}

describe.each(STORAGES)('revoking a token on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    await server.signUp('alice');
  });
  afterAll(() => server.stop());

  const goesOn = async (session: Tokens) => {
    expect(await statusWith(server, session)).toBe(200);
    return (await refreshed(server, session.refresh_token)).status === 200;
  };

  it('that is a personal access token deletes it at once, and leaves the person signed in', async () => {
    const session = await signedIn(server);
    const token = session.access_token;
    const { body: personal } = await server.request('POST', '/auth/access-tokens', {
      token,
      body: { name: 'Lost' },
    });
    const asProgram = { ...session, access_token: personal.token };
    expect(await statusWith(server, asProgram)).toBe(200);
    for (let time = 0; time < 2; time += 1) expectDone(await revoked(server, personal.token));
    expect(await statusWith(server, asProgram)).toBe(401);
    const { body: list } = await server.request('GET', '/auth/access-tokens', { token });
    expect(list.total_count).toBe(0);
    expect(await goesOn(session)).toBe(true);
  });

  const ways: [string, (first: Tokens, next: Tokens) => string][] = [
    ['the refresh token', (_, next) => next.refresh_token],
    ['a refresh token that was used', first => first.refresh_token],
    ['the access token', (_, next) => next.access_token],
    ['an earlier access token', first => first.access_token],
  ];
  describe.each(ways)('that is %s', (_, choose) => {
    it.each([0, 60])('ends its session at once, %d seconds after a refresh, and no other', async seconds => {
      const [first, other] = [await signedIn(server), await signedIn(server)];
      const { body: next } = await refreshed(server, first.refresh_token);
      clock.advance(seconds);
      for (const each of [first, next, other]) expect(await statusWith(server, each)).toBe(200);
      expectDone(await revoked(server, choose(first, next)));
      for (const each of [first, next]) {
        expect(await statusWith(server, each)).toBe(401);
        expect((await refreshed(server, each.refresh_token)).status).toBe(400);
      }
      expect(await goesOn(other)).toBe(true);
    });

    it('a second time is answered alike', async () => {
      const first = await signedIn(server);
      const { body: next } = await refreshed(server, first.refresh_token);
      const token = choose(first, next);
      for (let time = 0; time < 2; time += 1) expectDone(await revoked(server, token));
      expect(await statusWith(server, next)).toBe(401);
    });
  });

  it.each(['access_token', 'refresh_token', 'nonsense', ''])(
    'needs no hint, and believes none: %j',
    async hint => {
      for (const kind of ['access_token', 'refresh_token'] as const) {
        const session = await signedIn(server);
        expectDone(await revoked(server, session[kind], { token_type_hint: hint }));
        expect(await statusWith(server, session)).toBe(401);
      }
    },
  );

  it.each([
    ['a word', 'nonsense'],
    ['as long as may be', 'x'.repeat(4096)],
    ['of the form of a refresh token', `atr_${'x'.repeat(43)}.${'y'.repeat(43)}`],
    ['nearly of that form', 'atr_.'],
    ['nearly of the form of an access token', 'v4.public.AAAA.AAAA'],
    ['a piece of SQL', "' or 1=1 --"],
    ['a character that no storage takes', '\0'],
    ['an emoji', '💙'],
    ['a percent sign', '%'],
  ])('that is none of ours, but %s, is answered alike and ends nothing', async (_, token) => {
    const session = await signedIn(server);
    expectDone(await revoked(server, token));
    expect(await goesOn(session)).toBe(true);
  });

  it('that was cut, or signed by somebody else, ends nothing', async () => {
    const session = await signedIn(server);
    const { access_token: access, refresh_token: refresh } = session;
    const { keyId } = await ownKey(server.application);
    const forgery = { secret: await strangersKey(), keyId, claims: claimsOf(access), now: clock.now() };
    for (const token of [access.slice(0, -1), refresh.slice(0, -1), await forge(forgery)])
      expectDone(await revoked(server, token));
    expect(await goesOn(session)).toBe(true);
  });

  it('that has expired ends nothing', async () => {
    const session = await signedIn(server);
    clock.advance(session.expires_in + 1);
    expectDone(await revoked(server, session.access_token));
    const { status, body } = await refreshed(server, session.refresh_token);
    expect(status).toBe(200);
    expect(await goesOn(body)).toBe(true);
  });

  it('of somebody else works for whoever has it: the token is the proof (RFC 7009, section 2.1)', async () => {
    const { token: bob } = await server.signUp('bob');
    const session = await signedIn(server);
    const form = { token: session.refresh_token };
    expectDone(await server.request('POST', '/auth/revoke', { token: bob, form }));
    expect(await statusWith(server, session)).toBe(401);
    expect((await server.request('GET', '/users/me', { token: bob })).status).toBe(200);
  });

  it('many times at once ends the session, and every answer is the same', async () => {
    const session = await signedIn(server);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => revoked(server, session.refresh_token)),
    );
    for (const answer of answers) expectDone(answer);
    expect(await statusWith(server, session)).toBe(401);
  });
});

describe.each(['/auth/revoke', '/auth/introspect'])('a request to %s that names no token', path => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await testServer();
    await openAccount(server.application, 'root', 'admin');
    ({ access_token: token } = await signedIn(server, 'root'));
  });
  afterAll(() => server.stop());
  const post = (body: string | undefined, type = 'application/x-www-form-urlencoded') =>
    server.request('POST', path, { token, body, headers: { 'content-type': type } });

  it.each([
    ['no body', '', '', 'type'],
    ['only a hint', 'token_type_hint=access_token', '/token', 'required'],
    ['no value', 'token=', '/token', 'required'],
    ['two values', 'token=a&token=b', '/token', 'type'],
    ['more than 4 KiB', `token=${'x'.repeat(4097)}`, '/token', 'max_length'],
  ])('but %s is answered 400 invalid_request', async (_, body, pointer, rule) => {
    const answer = await post(body);
    expectOAuthError(answer, 'invalid_request', 'request.invalid');
    expect(faultsOf(answer)).toEqual([[pointer, rule]]);
  });

  it.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x'])(
    'as a form is answered 415, and with what it takes: %s',
    async type => {
      const answer = await post('{"token":"x"}', type);
      expectOAuthError(answer, 'invalid_request', 'request.unsupported_media_type', 415);
      expect(answer.headers.get('accept')).toBe('application/x-www-form-urlencoded');
    },
  );

  it('and is endless is answered 413', async () => {
    const answer = await post(`token=${'x'.repeat(2 * 1024 * 1024)}`);
    expectOAuthError(answer, 'invalid_request', 'request.too_large', 413);
  });
});

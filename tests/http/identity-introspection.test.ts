import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { type Answer, PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { claimsOf, forge, ownKey, strangersKey } from '../support/forge.ts';
import { expectOAuthError } from '../support/problem.ts';
import { openAccount } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';
import { refreshed, revoked, sessionIdOf, signedIn, statusWith } from '../support/token-requests.ts';

const DAY = 86_400;

describe.each(STORAGES)('introspecting a token on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let alice: string;
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    ({ id: alice } = await server.signUp('alice'));
    await openAccount(server.application, 'root', 'admin');
  });
  afterAll(() => server.stop());

  const ask = (token: string, by: string | undefined, form: Record<string, string> = {}) =>
    server.request('POST', '/auth/introspect', { token: by, form: { token, ...form } });
  /** Asks as an administrator who has just signed in. */
  const introspect = async (token: string, form: Record<string, string> = {}): Promise<Answer> =>
    ask(token, (await signedIn(server, 'root')).access_token, form);
  const expectInactive = async (token: string) => {
    const { status, body } = await introspect(token);
    expect({ status, body }).toEqual({ status: 200, body: { active: false } });
  };
  const seconds = () => clock.now().getTime() / 1000;

  it('says of an access token whose it is, what it allows and how long', async () => {
    const session = await signedIn(server, 'alice', { scope: 'todos profile' });
    const { status, body, headers } = await introspect(session.access_token);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      active: true,
      scope: 'profile todos',
      username: 'alice',
      token_type: 'bearer',
      exp: seconds() + session.expires_in,
      iat: seconds(),
      sub: alice,
      sid: sessionIdOf(session),
      iss: 'http://atrium.test',
    });
  });

  it('says of a refresh token the same of its session, and does not use it up', async () => {
    const session = await signedIn(server, 'alice', { scope: 'todos' });
    const { body } = await introspect(session.refresh_token);
    expect(body).toEqual({
      active: true,
      scope: 'todos',
      username: 'alice',
      token_type: 'refresh_token',
      exp: seconds() + 7 * DAY,
      iat: seconds(),
      sub: alice,
      sid: sessionIdOf(session),
      iss: 'http://atrium.test',
    });
    expect((await refreshed(server, session.refresh_token)).status).toBe(200);
  });

  it('says when a token was made, and not when its person signed in', async () => {
    const session = await signedIn(server);
    clock.advance(600);
    const { body: next } = await refreshed(server, session.refresh_token);
    for (const token of [next.access_token, next.refresh_token])
      expect((await introspect(token)).body.iat).toBe(Math.floor(seconds()));
    expect((await introspect(session.access_token)).body.iat).toBe(Math.floor(seconds() - 600));
  });

  describe('says of a personal access token', () => {
    const made = async (body: object = {}): Promise<{ id: string; token: string }> => {
      const { access_token: token } = await signedIn(server);
      const asked = { name: 'Script', scope: 'todos', ...body };
      return (await server.request('POST', '/auth/access-tokens', { token, body: asked })).body;
    };

    it('whose it is, what it allows, and since when, which may be for good', async () => {
      const { token } = await made({ scope: 'todos profile' });
      const iat = Math.floor(seconds());
      clock.advance(DAY);
      expect((await introspect(token)).body).toEqual({
        active: true,
        scope: 'profile todos',
        username: 'alice',
        token_type: 'bearer',
        iat,
        sub: alice,
        iss: 'http://atrium.test',
      });
    });

    it('until when it is good, and from then on nothing', async () => {
      const end = new Date(clock.now().getTime() + 60_000);
      const { token } = await made({ expires_at: end.toISOString() });
      expect((await introspect(token)).body).toMatchObject({
        active: true,
        exp: Math.floor(end.getTime() / 1000),
      });
      clock.advance(60);
      await expectInactive(token);
    });

    it('nothing once it was deleted, or where it never was', async () => {
      const { id, token } = await made();
      expect((await introspect(token)).body.active).toBe(true);
      const { access_token: by } = await signedIn(server);
      await server.request('DELETE', `/auth/access-tokens/${id}`, { token: by });
      for (const none of [token, `atp_${'x'.repeat(43)}`, 'atp_', 'atp_\0']) await expectInactive(none);
    });

    it('nothing once its person was deactivated', async () => {
      const { id, token: by } = await server.signUp('erin');
      const body = { name: 'Script', scope: 'todos' };
      const { token } = (await server.request('POST', '/auth/access-tokens', { token: by, body })).body;
      expect((await introspect(token)).body).toMatchObject({ active: true, username: 'erin' });
      await server.application.get(tokens.identityStorage).work.run(async ({ users }) => {
        const user = await users.get(id);
        if (user) user.isActive = false;
      });
      await expectInactive(token);
    });

    it('the scopes that the role allows by now', async () => {
      const { id } = await openAccount(server.application, 'frank', 'admin');
      const { access_token: by } = await signedIn(server, 'frank');
      const body = { name: 'Script', scope: 'todos users:admin' };
      const { token } = (await server.request('POST', '/auth/access-tokens', { token: by, body })).body;
      expect((await introspect(token)).body.scope).toBe('todos users:admin');
      await server.application.get(tokens.identityStorage).work.run(async ({ users }) => {
        const user = await users.get(id);
        if (user) user.role = 'member';
      });
      expect((await introspect(token)).body.scope).toBe('todos');
    });
  });

  it('calls somebody without a user name by the email', async () => {
    const account = { email: 'Carol@example.org', password: PASSWORD };
    await server.request('POST', '/auth/register', { body: account });
    const { access_token: token } = await signedIn(server, 'carol@example.org');
    expect((await introspect(token)).body.username).toBe('Carol@example.org');
  });

  it.each(['access_token', 'refresh_token', 'nonsense', ''])(
    'needs no hint, and believes none: %j',
    async hint => {
      const session = await signedIn(server);
      for (const token of [session.access_token, session.refresh_token])
        expect((await introspect(token, { token_type_hint: hint })).body.active).toBe(true);
    },
  );

  describe('says of a token that is not good now only that', () => {
    it.each([
      ['a word', 'nonsense'],
      ['as long as may be', 'x'.repeat(4096)],
      ['of the form of a refresh token', `atr_${'x'.repeat(43)}.${'y'.repeat(43)}`],
      ['nearly of the form of an access token', 'v4.public.A.A'],
      ['a character that no storage takes', '\0'],
    ])('because it is none, but %s', async (_, token) => {
      await expectInactive(token);
    });

    it('because another key signed it, or it is for others', async () => {
      const { access_token: token } = await signedIn(server);
      const own = await ownKey(server.application);
      const claims: Record<string, unknown> = { ...claimsOf(token), iat: undefined, exp: undefined };
      const sign = (change: object) => forge({ ...own, claims, now: clock.now(), ...change });
      expect((await introspect(await sign({}))).body.active).toBe(true);
      await expectInactive(await sign({ secret: await strangersKey() }));
      await expectInactive(await sign({ claims: { ...claims, aud: 'http://other.test' } }));
    });

    it('because it was used: a refresh token, even while it still gets its successor', async () => {
      const { refresh_token: token } = await signedIn(server);
      const { body: next } = await refreshed(server, token);
      await expectInactive(token);
      expect((await introspect(next.refresh_token)).body.active).toBe(true);
      expect(await statusWith(server, next)).toBe(200);
    });

    it('because it has expired', async () => {
      const session = await signedIn(server);
      clock.advance(session.expires_in + 0.001);
      await expectInactive(session.access_token);
      expect((await introspect(session.refresh_token)).body.active).toBe(true);
      clock.advance(7 * DAY);
      await expectInactive(session.refresh_token);
    });

    it.each(['access_token', 'refresh_token'] as const)(
      'because its session was ended by the %s',
      async kind => {
        const session = await signedIn(server);
        await revoked(server, session[kind]);
        await expectInactive(session.access_token);
        await expectInactive(session.refresh_token);
      },
    );

    it('because its person was deactivated', async () => {
      const { id, token, refreshToken } = await server.signUp('dave');
      await server.application.get(tokens.identityStorage).work.run(async ({ users }) => {
        const user = await users.get(id);
        if (user) user.isActive = false;
      });
      await expectInactive(token);
      await expectInactive(refreshToken);
    });
  });

  it('is for administrators of users only', async () => {
    const { access_token: token } = await signedIn(server);
    const { access_token: lesser } = await signedIn(server, 'root', { scope: 'profile roles:admin' });
    for (const by of [token, lesser]) {
      const answer = await ask(token, by);
      expectOAuthError(answer, 'insufficient_scope', 'access.insufficient_scope', 403);
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer realm="atrium", error="insufficient_scope", scope="users:admin"',
      );
    }
    const nobody = await ask(token, undefined);
    expectOAuthError(nobody, 'invalid_request', 'request.unauthenticated', 401);
    expect(nobody.headers.get('www-authenticate')).toBe('Bearer realm="atrium"');
  });
});

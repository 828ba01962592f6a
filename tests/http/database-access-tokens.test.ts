import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { administrator } from '../support/administrator.ts';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { cookieHeader, cookiesSetBy } from '../support/cookies.ts';
import { expectProblem } from '../support/problem.ts';
import { openAccount } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';
import { refreshed, revoked, signedIn, statusWith } from '../support/token-requests.ts';

describe.each(STORAGES)('ACCESS_TOKENS=database on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let aliceId: string;

  beforeAll(async () => {
    server = await testServer(storage, { accessTokens: 'database' }, [override(tokens.clock, clock)]);
    aliceId = (await openAccount(server.application, 'alice')).id;
  });
  afterAll(() => server.stop());

  const profile = (token: string) => server.request('GET', '/users/me', { token });
  const stored = (token: string) => {
    const { oneTimeTokens, identityStorage } = tokens;
    const hash = server.application.get(oneTimeTokens).hashOf(token);
    return server.application.get(identityStorage).issuedTokens.find(hash);
  };

  it('gives a random token, which lets its person in with its scopes', async () => {
    const session = await signedIn(server, 'alice', { scope: 'profile' });
    const { access_token: token, expires_in: expiresIn } = session;
    expect(token).toMatch(/^ata_[\w-]{43}$/);
    expect(expiresIn).toBe(900);
    expect(await profile(token)).toMatchObject({ status: 200, body: { id: aliceId, username: 'alice' } });
    expectProblem(await server.request('GET', '/todos', { token }), 403, 'access.insufficient_scope');
    expect(await stored(token)).toMatchObject({ userId: aliceId, scope: 'profile', issuedAt: clock.now() });
  });

  it('gives another at each refresh, and the one before is good until it expires', async () => {
    const first = await signedIn(server);
    clock.advance(600);
    const { body: next } = await refreshed(server, first.refresh_token);
    expect(next.access_token).not.toBe(first.access_token);
    for (const tokenSet of [first, next]) expect(await statusWith(server, tokenSet)).toBe(200);
    clock.advance(300.001);
    expectProblem(await profile(first.access_token), 401, 'identity.invalid_token');
    expect(await statusWith(server, next)).toBe(200);
    expect((await stored(next.access_token))?.sessionId).toBe((await stored(first.access_token))?.sessionId);
  });

  it('ends the session of the token that is revoked, and no other', async () => {
    const [session, other] = [await signedIn(server), await signedIn(server)];
    for (const tokenSet of [session, other]) expect(await statusWith(server, tokenSet)).toBe(200);
    expect((await revoked(server, session.access_token)).status).toBe(200);
    expectProblem(await profile(session.access_token), 401, 'identity.invalid_token');
    expect((await refreshed(server, session.refresh_token)).status).toBe(400);
    expect(await statusWith(server, other)).toBe(200);
  });

  it('lets a browser in by its cookie, and out', async () => {
    const login = await server.request('POST', '/auth/login', {
      body: { username: 'alice', password: PASSWORD },
    });
    expect(cookiesSetBy(login)[0]).toMatchObject({
      name: 'atrium_access',
      value: expect.stringMatching(/^ata_/),
    });
    const headers = { cookie: cookieHeader(login) };
    expect((await server.request('GET', '/users/me', { headers })).status).toBe(200);
    expect((await server.request('POST', '/auth/logout', { headers })).status).toBe(204);
    expect((await server.request('GET', '/users/me', { headers })).status).toBe(401);
  });

  it('says in introspection what it is good for, and nothing once it is not', async () => {
    const { token: root } = await administrator(server, `root-of-${storage}`);
    const session = await signedIn(server, 'alice', { scope: 'todos' });
    const introspect = async () => {
      const form = { token: session.access_token };
      return (await server.request('POST', '/auth/introspect', { token: root, form })).body;
    };
    const issued = clock.now().getTime() / 1000;
    const { sessionId } = (await stored(session.access_token)) ?? {};
    expect(await introspect()).toEqual({
      active: true,
      scope: 'todos',
      username: 'alice',
      token_type: 'bearer',
      exp: Math.floor(issued + 900),
      iat: Math.floor(issued),
      sub: aliceId,
      sid: sessionId,
      iss: 'http://atrium.test',
    });
    await revoked(server, session.refresh_token);
    expect(await introspect()).toEqual({ active: false });
  });

  it('lets nobody do more than the role allows by now, and nobody in who was deactivated', async () => {
    const { token: root } = await administrator(server, `boss-of-${storage}`);
    const { id: bobId } = await openAccount(server.application, 'bob', 'admin');
    const { access_token: bob } = await signedIn(server, 'bob');
    const users = () => server.request('GET', '/users', { token: bob });
    expect((await users()).status).toBe(200);
    const patch = (body: object) => server.request('PATCH', `/users/${bobId}`, { token: root, body });
    expect((await patch({ role: 'member' })).status).toBe(200);
    expectProblem(await users(), 403, 'access.insufficient_scope');
    expect((await patch({ is_active: false })).status).toBe(200);
    expectProblem(await profile(bob), 400, 'identity.inactive');
  });

  it('publishes no keys, makes none, and says the same about itself otherwise', async () => {
    const { status, body } = await server.request('GET', '//.well-known/paserks.json');
    expect({ status, body }).toEqual({ status: 200, body: { keys: [] } });
    const { work } = server.application.get(tokens.identityStorage);
    expect(await work.run(({ signingKeys }) => signingKeys.all())).toEqual([]);
    const paseto = await testServer();
    const metadata = (of: TestServer) => of.request('GET', '//.well-known/oauth-authorization-server');
    expect((await metadata(server)).body).toEqual((await metadata(paseto)).body);
    await paseto.stop();
  });
});

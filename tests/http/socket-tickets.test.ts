import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type RequestOptions, type TestServer, testServer } from '../support/client.ts';
import { cookieHeader } from '../support/cookies.ts';
import { TestIssuer } from '../support/issuer.ts';
import { keycloakServer } from '../support/keycloak-server.ts';
import { expectProblem } from '../support/problem.ts';

const PATH = '/chat/tickets';

describe.each(STORAGES)('tickets for sockets on %s', storage => {
  const lines: string[] = [];
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    const log = pino({ level: 'trace' }, { write: line => void lines.push(line) });
    server = await testServer(storage, { corsOrigins: 'https://app.example.org' }, [
      override(tokens.log, log),
    ]);
    ({ token } = await server.signUp('alice'));
  });
  afterAll(() => server.stop());

  const ask = (options: RequestOptions = { token }) => server.request('POST', PATH, options);
  const admit = (ticket: string) =>
    server.application
      .get(tokens.socketAuthentication)
      .authenticate({ headers: {}, url: `/api/v1/chat/ws?ticket=${ticket}` });

  it('are given to who has an access token, and kept by nobody', async () => {
    const { status, headers, body } = await ask();
    expect(status).toBe(201);
    expect(body).toEqual({ ticket: expect.stringMatching(/^att_[\w-]{43}$/), expires_in: 30 });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('location')).toBe('/api/v1/chat/ws');
    expect(headers.has('etag')).toBe(false);
    expect(await admit(body.ticket)).toMatchObject({ token, by: 'ticket' });
  });

  it('are given to a browser that is signed in, and to no other site', async () => {
    const login = { username: 'alice', password: PASSWORD };
    const cookie = cookieHeader(await server.request('POST', '/auth/login', { body: login }));
    const { status, body } = await ask({ headers: { cookie, origin: 'https://app.example.org' } });
    expect(status).toBe(201);
    expect(await admit(body.ticket)).toMatchObject({ by: 'ticket' });
    const forged = await ask({ headers: { cookie, origin: 'https://evil.example' } });
    expectProblem(forged, 403, 'identity.cross_site');
  });

  it('are given to a program with a personal access token, and end with that', async () => {
    const made = await server.request('POST', '/auth/access-tokens', { token, body: { name: 'Bot' } });
    const [first, second] = [
      (await ask({ token: made.body.token })).body,
      (await ask({ token: made.body.token })).body,
    ];
    expect(await admit(first.ticket)).toMatchObject({
      principal: { isPerson: false, sessionId: made.body.id },
      expiresAt: Number.POSITIVE_INFINITY,
    });
    await server.request('DELETE', `/auth/access-tokens/${made.body.id}`, { token });
    await expect(admit(second.ticket)).rejects.toMatchObject({ code: 'identity.invalid_token' });
  });

  it('are another each time, also with an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': 'the-same' };
    const [one, other] = [await ask({ token, headers }), await ask({ token, headers })];
    expect(other.status).toBe(201);
    expect(other.body.ticket).not.toBe(one.body.ticket);
    expect(other.headers.has('idempotency-replayed')).toBe(false);
  });

  it('need no body, and pass over what they get', async () => {
    for (const body of ['', '{', 'null', { ticket: 'mine', expires_in: 9e9 }])
      expect((await ask({ token, body })).body).toMatchObject({ expires_in: 30 });
  });

  it('are not given to who shows nothing, nonsense, another ticket or a token without the scope', async () => {
    expectProblem(await ask({}), 401, 'request.unauthenticated');
    const { ticket } = (await ask()).body;
    for (const bad of ['nonsense', ticket])
      expectProblem(await ask({ token: bad }), 401, 'identity.invalid_token');
    const inQuery = await server.request('POST', `${PATH}?ticket=${ticket}`);
    expectProblem(inQuery, 401, 'request.unauthenticated');
    const { token: other } = await server.signUp('bob', 'todos');
    expectProblem(await ask({ token: other }), 403, 'access.insufficient_scope');
    expect(await admit(ticket)).toMatchObject({ by: 'ticket' });
  });

  it('let nobody in at any endpoint of HTTP', async () => {
    const { ticket } = (await ask()).body;
    expectProblem(await server.request('GET', '/users/me', { token: ticket }), 401, 'identity.invalid_token');
    const asked = await server.request('GET', `/users/me?ticket=${ticket}`);
    expectProblem(asked, 401, 'request.unauthenticated');
  });

  it('show in no line of the log and in no problem, wherever they are in the address', async () => {
    const { ticket } = (await ask()).body;
    lines.length = 0;
    const answers = [];
    for (const path of ['/chat/ws', '/posts', '/nowhere', '//', '//docs', '/users/me'])
      for (const method of ['GET', 'POST', 'PUT'])
        answers.push(await server.request(method, `${path}?ticket=${ticket}`, { token }));
    expect(lines.length).toBeGreaterThanOrEqual(answers.length);
    expect(lines.join('')).not.toContain(ticket);
    expect(lines.join('')).not.toContain('ticket=');
    const problems = answers.filter(({ status }) => status >= 400).map(({ body }) => JSON.stringify(body));
    expect(problems.length).toBeGreaterThan(5);
    expect(problems.join('')).not.toContain(ticket);
  });
});

describe('tickets for sockets with Keycloak', () => {
  let issuer: TestIssuer;
  let server: TestServer;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    server = await keycloakServer(issuer);
  });
  afterAll(async () => {
    await server.stop();
    await issuer.stop();
  });

  it('are given to who has a token of Keycloak’s, and end with its session', async () => {
    const token = await issuer.accessToken();
    const [one, other] = [
      await server.request('POST', PATH, { token }),
      await server.request('POST', PATH, { token }),
    ];
    expect([one.status, other.status]).toEqual([201, 201]);
    const admit = (ticket: string) =>
      server.application
        .get(tokens.socketAuthentication)
        .authenticate({ headers: {}, url: `/api/v1/chat/ws?ticket=${ticket}` });
    expect(await admit(one.body.ticket)).toMatchObject({ token, by: 'ticket' });
    const form = { logout_token: await issuer.logoutToken() };
    await server.request('POST', '/auth/oidc/backchannel-logout', { form });
    await expect(admit(other.body.ticket)).rejects.toMatchObject({ code: 'identity.invalid_token' });
  });
});

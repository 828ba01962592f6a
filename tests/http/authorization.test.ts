import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { Endpoint } from '../../src/platform/http/endpoint.ts';
import { type Answer, type TestServer, testServer } from '../support/client.ts';
import { authenticatedEndpoints, hasScope, otherScope, pathOf } from '../support/endpoints.ts';
import { claimsOf, forge, ownKey, strangersKey } from '../support/forge.ts';
import { expectOAuthError, expectProblem } from '../support/problem.ts';
import { openAccount } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';
import { signedIn } from '../support/token-requests.ts';

const authenticated = await authenticatedEndpoints();
const named = <E extends Endpoint>(endpoints: readonly E[]) =>
  endpoints.map(endpoint => [`${endpoint.method} ${endpoint.path}`, endpoint] as const);
const table = named(authenticated);

/** What the OAuth endpoints call it (RFC 6749, section 5.2; RFC 6750, section 3.1). */
const OAUTH_NAMES: Readonly<Record<string, string>> = {
  'request.unauthenticated': 'invalid_request',
  'identity.invalid_token': 'invalid_token',
  'access.insufficient_scope': 'insufficient_scope',
};

describe('who may use an endpoint', () => {
  const clock = new TestClock();
  let server: TestServer;
  /** Of somebody who may do everything. */
  let token: string;
  beforeAll(async () => {
    server = await testServer('memory', {}, [override(tokens.clock, clock)]);
    await server.signUp('alice');
    await openAccount(server.application, 'root', 'admin');
    ({ access_token: token } = await signedIn(server, 'root'));
  });
  afterAll(() => server.stop());

  const ask = (endpoint: Endpoint, authorization?: string): Promise<Answer> =>
    server.request(endpoint.method, pathOf(endpoint), {
      headers: authorization === undefined ? {} : { authorization },
    });
  const expectRefusal = (answer: Answer, to: Endpoint | undefined, status: number, code: string) => {
    if (to?.problemFormat) expectOAuthError(answer, OAUTH_NAMES[code] ?? '', code, status);
    else expectProblem(answer, status, code);
  };
  const expectInvalidToken = (answer: Answer, to?: Endpoint) => {
    expectRefusal(answer, to, 401, 'identity.invalid_token');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="atrium", error="invalid_token"');
  };

  it('finds endpoints that need a token', () => {
    const names = authenticated.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['publishPost', 'listTodos', 'listTeams']));
  });

  it.each(table)(
    'answers %s without a token 401 and a bare challenge (RFC 6750, section 3)',
    async (_, to) => {
      const answer = await ask(to);
      expectRefusal(answer, to, 401, 'request.unauthenticated');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="atrium"');
    },
  );

  it.each(table)('answers %s 401 when the Authorization header is not of this kind', async (_, to) => {
    for (const header of [
      'Basic YWxpY2U6eA==',
      'Bearer',
      'Bearer ',
      token,
      `Token ${token}`,
      `Bearer:${token}`,
    ])
      expectRefusal(await ask(to, header), to, 401, 'request.unauthenticated');
  });

  it('takes no token from the query or from a form (RFC 6750, sections 2.2 and 2.3)', async () => {
    for (const name of ['access_token', 'token', 'Authorization']) {
      const path = `/users/me?${name}=${token}`;
      expectProblem(await server.request('GET', path), 401, 'request.unauthenticated');
      const form = { token: 'x', [name]: token };
      const asked = await server.request('POST', '/auth/introspect', { form });
      expectOAuthError(asked, 'invalid_request', 'request.unauthenticated', 401);
    }
  });

  it.each(table)('answers %s 401 to what is not a token', async (_, to) => {
    const parts = token.split('.');
    for (const not of [
      'nonsense',
      '.',
      'v4.public.',
      'v4.public.AAAA.AAAA',
      `${token} ${token}`,
      `${token},${token}`,
      parts.slice(0, 3).join('.'),
      parts.with(0, 'v3').join('.'),
      parts.with(1, 'local').join('.'),
      parts.with(3, '').join('.'),
      `v4.public.${'A'.repeat(5000)}`,
      'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.',
    ])
      expectInvalidToken(await ask(to, `Bearer ${not}`), to);
  });

  it.each(table)('answers %s 401 to a token that another key signed', async (_, to) => {
    const { keyId } = await ownKey(server.application);
    const secret = await strangersKey();
    const claims = claimsOf(token);
    for (const stranger of [keyId, 'unknown', ''])
      expectInvalidToken(
        await ask(to, `Bearer ${await forge({ secret, keyId: stranger, claims, now: clock.now() })}`),
        to,
      );
  });

  it.each(named(authenticated.filter(hasScope)))(
    'answers %s to a token without the scope 403, naming the scope',
    async (_, to) => {
      const lesser = await signedIn(server, 'alice', { scope: otherScope(to.scope) });
      const answer = await ask(to, `Bearer ${lesser.access_token}`);
      expectRefusal(answer, to, 403, 'access.insufficient_scope');
      expect(answer.headers.get('www-authenticate')).toBe(
        `Bearer realm="atrium", error="insufficient_scope", scope="${to.scope}"`,
      );
    },
  );

  it.each(table)('lets %s through with any case of "Bearer"', async (_, to) => {
    for (const scheme of ['bearer', 'BEARER', 'Bearer'])
      expect([401, 403, 500]).not.toContain((await ask(to, `${scheme} ${token}`)).status);
  });

  describe('with our own signature', () => {
    const sign = async (change: Record<string, unknown>, options: { now?: Date; footer?: string } = {}) =>
      forge({
        ...(await ownKey(server.application)),
        now: clock.now(),
        claims: { ...claimsOf(token), iat: undefined, exp: undefined, ...change },
        ...options,
      });
    const profile = (forged: string) => server.request('GET', '/users/me', { token: forged });

    it('accepts a token that says what ours say', async () => {
      expect((await profile(await sign({}))).status).toBe(200);
    });

    it.each([
      ['of another issuer', { iss: 'http://other.test' }],
      ['for another audience', { aud: 'http://other.test' }],
      ['without an issuer', { iss: undefined }],
      ['without an audience', { aud: undefined }],
      ['without a subject', { sub: undefined }],
      ['of somebody unknown', { sub: '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47' }],
      ['whose subject is no id', { sub: 'alice' }],
      ['without a session', { sid: undefined }],
      ['without scopes', { scope: undefined }],
      ['whose scopes are a list', { scope: ['profile'] }],
      ['of later on', { nbf: '2027-01-01T00:00:00Z' }],
    ])('refuses a token %s', async (_, change) => {
      expectInvalidToken(await profile(await sign(change)));
    });

    it("refuses a token that names somebody else than its session's person", async () => {
      const { access_token: other } = await signedIn(server);
      const { sub } = claimsOf(other);
      const forged = await sign({ sub });
      expectInvalidToken(await profile(forged));
      expectInvalidToken(await server.request('GET', '/todos', { token: forged }));
    });

    it('grants no scope that the role does not allow, whatever the token says', async () => {
      const { access_token: member } = await signedIn(server);
      const mighty = await sign({
        ...claimsOf(member),
        iat: undefined,
        exp: undefined,
        scope: 'users:admin nonsense',
      });
      const asked = await server.request('POST', '/auth/introspect', { token: mighty, form: { token: 'x' } });
      expectOAuthError(asked, 'insufficient_scope', 'access.insufficient_scope', 403);
      expectProblem(await profile(mighty), 403, 'access.insufficient_scope');
    });

    it.each(['', 'null', '[]', '{"kid":1}', '{"kid":"__proto__"}', '{', `{"kid":"${'x'.repeat(300)}"}`])(
      'refuses a token with the footer %.30s',
      async footer => {
        expectInvalidToken(await profile(await sign({}, { footer })));
      },
    );

    it('refuses a token of tomorrow', async () => {
      expectInvalidToken(
        await profile(await sign({}, { now: new Date(clock.now().getTime() + 86_400_000) })),
      );
    });
  });

  it('answers every such endpoint 401 from the millisecond in which the token has expired', async () => {
    const { access_token, expires_in } = await signedIn(server);
    clock.advance(expires_in);
    expect((await server.request('GET', '/users/me', { token: access_token })).status).toBe(200);
    clock.advance(0.001);
    for (const to of authenticated) expectInvalidToken(await ask(to, `Bearer ${access_token}`), to);
  });
});

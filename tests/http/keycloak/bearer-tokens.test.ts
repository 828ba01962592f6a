import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { STORAGES } from '../../support/application.ts';
import type { TestServer } from '../../support/client.ts';
import { newKey, nowInSeconds, TestIssuer } from '../../support/issuer.ts';
import { keycloakServer } from '../../support/keycloak-server.ts';

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe.each(STORAGES)('people of Keycloak on %s', storage => {
  let issuer: TestIssuer;
  let server: TestServer;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    server = await keycloakServer(issuer, storage);
  });
  afterAll(async () => {
    await server.stop();
    await issuer.stop();
  });

  const me = async (claims: Readonly<Record<string, unknown>> = {}) =>
    server.request('GET', '/users/me', { token: await issuer.accessToken(claims) });

  it('get an account when they come for the first time, and the same one ever after', async () => {
    const first = await me();
    expect(first).toMatchObject({
      status: 200,
      body: {
        username: 'alice',
        email: 'alice@example.org',
        full_name: 'Alice Archer',
        is_verified: true,
        role: 'member',
      },
    });
    const again = await me({ sid: 'another', iat: nowInSeconds() - 10 });
    expect(again.body).toEqual(first.body);
  });

  it('are one account when many of their requests come at once', async () => {
    const person = { sub: 'eager', preferred_username: 'eager', email: 'eager@example.org' };
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, sid) => me({ ...person, sid: `${sid}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  it('are called what Keycloak calls them by now, and nothing is written while that stays', async () => {
    const person = { sub: 'changing', preferred_username: 'changing', email: 'one@example.org' };
    const { body: before } = await me(person);
    const { body: same } = await me({ ...person, sid: 'later' });
    expect(same).toEqual(before);
    const changed = { ...person, email: 'two@example.org', name: 'Other Name', email_verified: false };
    const { body: after } = await me({ ...changed, realm_access: { roles: ['admin'] } });
    expect(after).toMatchObject({
      id: before.id,
      email: 'two@example.org',
      full_name: 'Other Name',
      is_verified: false,
      role: 'admin',
    });
    expect(after.updated_at).not.toBe(before.updated_at);
  });

  it('have the role of the newest token, in whichever order tokens come', async () => {
    const person = { sub: 'demoted', preferred_username: 'demoted', email: 'demoted@example.org' };
    const now = Math.floor(Date.now() / 1000);
    const admin = { ...person, realm_access: { roles: ['admin'] }, iat: now - 60 };
    expect((await me(admin)).body.role).toBe('admin');
    expect((await me({ ...person, iat: now - 30 })).body.role).toBe('member');
    const { body } = await me({ ...admin, sid: 'old', iat: now - 45 });
    expect(body.role).toBe('member');
    expect((await me({ ...admin, sid: 'again', iat: now - 10 })).body.role).toBe('admin');
  });

  it('keep what a token does not say, as those of other clients', async () => {
    const person = { sub: 'brief', preferred_username: 'brief', email: 'brief@example.org' };
    const { body: before } = await me(person);
    const brief = { sub: 'brief', sid: 'brief', preferred_username: null, name: null, email: null };
    const { body: after } = await me({ ...brief, email_verified: null });
    expect(after).toEqual(before);
  });

  it('come in with any name', async () => {
    const names = [' \u0000\t', `\u0007${'\u{1F600}'.repeat(300)}`, 'a\ud800b'];
    for (const [index, name] of names.entries()) {
      const odd = {
        sub: `odd-${index}`,
        sid: `odd-${index}`,
        preferred_username: `odd-${index}`,
        email: null,
        name,
      };
      expect((await me(odd)).status).toBe(200);
    }
  });

  it('come in although their names are taken or are none here', async () => {
    const nameless = { sub: 'nameless', preferred_username: 'a@b', name: null, email: null };
    const { body } = await me(nameless);
    expect(body).toMatchObject({ username: null, full_name: null, is_verified: false });
    expect(body.email).toMatch(/@no-email\.invalid$/);
    await me();
    const namesake = { sub: 'namesake', sid: 'namesake', realm_access: { roles: ['member'] } };
    const { status, body: other } = await me(namesake);
    expect([status, other.username]).toEqual([200, null]);
    expect(other.email).toMatch(/@no-email\.invalid$/);
  });

  it('stay out where they have been deactivated here', async () => {
    const person = {
      sub: 'leaver',
      preferred_username: 'leaver',
      email: 'leaver@example.org',
      sid: 'leaver',
    };
    const { body } = await me(person);
    const boss = { sub: 'boss', preferred_username: 'boss', email: 'boss@example.org', sid: 'boss' };
    const token = await issuer.accessToken({ ...boss, realm_access: { roles: ['admin'] } });
    const change = { token, body: { is_active: false } };
    expect((await server.request('PATCH', `/users/${body.id}`, change)).status).toBe(200);
    expect(await me(person)).toMatchObject({ status: 400, body: { code: 'identity.inactive' } });
    expect(
      await server.request('PATCH', `/users/${body.id}`, { token, body: { role: 'admin' } }),
    ).toMatchObject({ status: 404, body: { code: 'identity.managed_by_keycloak' } });
  });
});

describe('access tokens of Keycloak', () => {
  let issuer: TestIssuer;
  let server: TestServer;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    server = await keycloakServer(issuer, 'memory', { oidcTrustedClients: 'reports,other' });
  });
  afterAll(async () => {
    await server.stop();
    await issuer.stop();
  });
  beforeEach(() => issuer.comeBack());

  const ask = (token: string, path = '/users/me') => server.request('GET', path, { token });

  it('allow what all roles allow that are known here, those of the client too', async () => {
    const roles = { realm_access: { roles: ['offline_access'] } };
    expect((await ask(await issuer.accessToken(roles))).body).toMatchObject({
      code: 'access.insufficient_scope',
    });
    const ofClient = { ...roles, resource_access: { 'atrium-api': { roles: ['member'] } } };
    expect((await ask(await issuer.accessToken(ofClient))).status).toBe(200);
    const ofAnother = { ...roles, resource_access: { elsewhere: { roles: ['member'] } } };
    expect((await ask(await issuer.accessToken(ofAnother))).status).toBe(403);
    const admin = { realm_access: { roles: ['admin'] } };
    expect((await ask(await issuer.accessToken(admin), '/users')).status).toBe(200);
  });

  it('are narrowed by the scopes of ours that they name', async () => {
    const token = await issuer.accessToken({ scope: 'openid atrium:todos email' });
    expect((await ask(token, '/todos')).status).toBe(200);
    expect((await ask(token)).status).toBe(403);
    expect(
      (await ask(await issuer.accessToken({ scope: 'openid atrium:users:admin' }), '/users')).status,
    ).toBe(403);
  });

  it('are taken from the clients that are trusted, and no others', async () => {
    expect((await ask(await issuer.accessToken({ azp: 'reports' }))).status).toBe(200);
    expect((await ask(await issuer.accessToken({ azp: '' }))).status).toBe(401);
    expect((await ask(await issuer.accessToken({ azp: 'stranger' }))).status).toBe(401);
  });

  it.each([
    ['another issuer', { iss: 'http://127.0.0.1:1/realms/atrium' }],
    ['another audience', { aud: 'account' }],
    ['no audience', { aud: null }],
    ['no client', { azp: null }],
    ['no subject', { sub: null }],
    ['no end', { exp: null }],
    ['an end in the past', { exp: nowInSeconds() - 31 }],
    ['a beginning in the future', { nbf: nowInSeconds() + 120 }],
    ['the kind of an identity token', { typ: 'ID' }],
    ['the kind of a refresh token', { typ: 'Refresh' }],
  ])('with %s are refused', async (_, claims) => {
    expect(await ask(await issuer.accessToken(claims))).toMatchObject({
      status: 401,
      body: { code: 'identity.invalid_token' },
    });
  });

  it('that ended a moment ago are taken, because clocks differ', async () => {
    expect((await ask(await issuer.accessToken({ exp: nowInSeconds() - 5 }))).status).toBe(200);
  });

  it('without a signature, or signed by the public key, or by a stranger are refused', async () => {
    const good = await issuer.accessToken();
    const [, payload = ''] = good.split('.');
    const none = `${encoded({ alg: 'none', typ: 'JWT' })}.${payload}.`;
    const head = encoded({ alg: 'HS256', typ: 'JWT', kid: issuer.publicJwk.kid });
    const mac = (secret: string) =>
      createHmac('sha256', secret).update(`${head}.${payload}`).digest('base64url');
    const symmetric = `${head}.${payload}.${mac(JSON.stringify(issuer.publicJwk))}`;
    const { kid = '' } = issuer.publicJwk;
    const forged = await issuer.accessToken({}, { key: await newKey(), kid });
    for (const token of [none, symmetric, forged, `${good}x`, good.slice(0, -4), 'a.b.c', 'x'])
      expect((await ask(token)).status).toBe(401);
    expect((await ask(good)).status).toBe(200);
  });

  it('that are far too long are refused before anybody looks into them', async () => {
    const answer = await ask(await issuer.accessToken({ padding: 'x'.repeat(12_000) })).catch(
      () => undefined,
    );
    expect(answer?.status ?? 431).toSatisfy((status: number) => status === 401 || status === 431);
  });

  it('by keys that nobody knows make no storm of questions', async () => {
    const strange = await newKey();
    const tokens = await Promise.all(
      Array.from({ length: 200 }, (_, kid) =>
        issuer.accessToken({}, { key: strange, kid: `unknown-${kid}` }),
      ),
    );
    issuer.requests.length = 0;
    const answers = await Promise.all(tokens.map(token => ask(token)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(issuer.requests.filter(path => path === '/certs').length).toBeLessThanOrEqual(1);
  });

  it('are verified without asking Keycloak, also when it is away', async () => {
    issuer.goAway();
    issuer.requests.length = 0;
    expect((await ask(await issuer.accessToken({ sid: 'while-away' }))).status).toBe(200);
    expect(issuer.requests).toEqual([]);
  });

  it('are not remembered beyond their end', async () => {
    const token = await issuer.accessToken({ exp: nowInSeconds() - 28 });
    expect((await ask(token)).status).toBe(200);
    await new Promise(resolve => setTimeout(resolve, 3000));
    expect((await ask(token)).status).toBe(401);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../../support/application.ts';
import type { TestServer } from '../../support/client.ts';
import { newKey, nowInSeconds, TestIssuer } from '../../support/issuer.ts';
import { keycloakServer } from '../../support/keycloak-server.ts';

const PATH = '/auth/oidc/backchannel-logout';

describe.each(STORAGES)('log-outs at Keycloak, on %s', storage => {
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

  const statusOf = async (token: string) => (await server.request('GET', '/users/me', { token })).status;
  const notify = (token: string) => server.request('POST', PATH, { form: { logout_token: token } });
  const person = (name: string) => ({
    sub: name,
    preferred_username: name,
    email: `${name}@example.org`,
    sid: `${name}-1`,
  });

  it('end the session that they name at once, and no other', async () => {
    const one = await issuer.accessToken(person('one'));
    const other = await issuer.accessToken({ ...person('one'), sid: 'one-2' });
    expect([await statusOf(one), await statusOf(other)]).toEqual([200, 200]);
    expect(await notify(await issuer.logoutToken({ sub: 'one', sid: 'one-1' }))).toMatchObject({
      status: 200,
    });
    expect([await statusOf(one), await statusOf(other)]).toEqual([401, 200]);
    expect(await statusOf(await issuer.accessToken({ ...person('one'), iat: nowInSeconds() + 1 }))).toBe(401);
  });

  it('end a session of which nobody has asked yet', async () => {
    await notify(await issuer.logoutToken({ sub: 'unseen', sid: 'unseen-1' }));
    expect(await statusOf(await issuer.accessToken(person('unseen')))).toBe(401);
  });

  it('without a session end all that the person had, and not what comes after', async () => {
    const before = await issuer.accessToken({ ...person('all'), iat: nowInSeconds() - 5 });
    expect(await statusOf(before)).toBe(200);
    await notify(await issuer.logoutToken({ sub: 'all', sid: null, iat: nowInSeconds() - 2 }));
    expect(await statusOf(before)).toBe(401);
    expect(await statusOf(await issuer.accessToken({ ...person('all'), sid: 'all-2' }))).toBe(200);
  });

  it('are taken once', async () => {
    const token = await issuer.logoutToken(person('twice'));
    expect((await notify(token)).status).toBe(200);
    expect(await notify(token)).toMatchObject({
      status: 400,
      headers: expect.anything(),
      body: { error: 'invalid_request', code: 'identity.invalid_logout_token' },
    });
  });

  it.each([
    ['for another client', { aud: 'another' }],
    ['of another issuer', { iss: 'http://127.0.0.1:1' }],
    ['that are old', { iat: nowInSeconds() - 600 }],
    ['that have ended', { exp: nowInSeconds() - 60 }],
    ['with a nonce', { nonce: 'n' }],
    ['without events', { events: null }],
    ['with events of something else', { events: { 'urn:other': {} } }],
    ['without an id', { jti: null }],
    ['that name nobody', { sub: null, sid: null }],
  ])('%s are refused', async (_, claims) => {
    const still = await issuer.accessToken(person('still'));
    expect(await statusOf(still)).toBe(200);
    const refused = await notify(await issuer.logoutToken({ sub: 'still', sid: 'still-1', ...claims }));
    expect(refused).toMatchObject({ status: 400, body: { code: 'identity.invalid_logout_token' } });
    expect(refused.headers.get('cache-control')).toBe('no-store');
    expect(await statusOf(still)).toBe(200);
  });

  it('signed by another key, or that are access tokens, are refused', async () => {
    const { kid = '' } = issuer.publicJwk;
    const still = await issuer.accessToken(person('steady'));
    expect(
      (await notify(await issuer.logoutToken(person('steady'), { key: await newKey(), kid }))).status,
    ).toBe(400);
    expect((await notify(still)).status).toBe(400);
    expect((await notify('no token')).status).toBe(400);
    expect((await server.request('POST', PATH, { form: {} })).status).toBe(400);
    expect(await statusOf(still)).toBe(200);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../../src/composition/tokens.ts';
import { STORAGES } from '../../support/application.ts';
import type { TestServer } from '../../support/client.ts';
import { TestIssuer } from '../../support/issuer.ts';
import { keycloakServer } from '../../support/keycloak-server.ts';
import { storedUser } from '../../support/people.ts';

describe.each(STORAGES)('accounts of this server and of Keycloak, on %s', storage => {
  let issuer: TestIssuer;
  let server: TestServer;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    const change = { oidcLinkByEmail: 'on', accessTokensWithKeycloak: 'on' } as const;
    server = await keycloakServer(issuer, storage, change);
  });
  afterAll(async () => {
    await server.stop();
    await issuer.stop();
  });

  const person = (name: string) => ({
    sub: name,
    sid: name,
    preferred_username: name,
    email: `${name}@example.org`,
  });
  const tokenOf = (name: string, claims: Readonly<Record<string, unknown>> = {}) =>
    issuer.accessToken({ ...person(name), ...claims });
  const me = (token: string) => server.request('GET', '/users/me', { token });

  /** Somebody with an account of before, which has this email. */
  async function earlier(name: string, isVerified: boolean) {
    const { id } = await storedUser(server.application);
    await server.application.get(tokens.identityStorage).work.run(async ({ users }) => {
      const user = await users.get(id);
      user?.changeProfile({ email: `${name}@example.org`, username: name }, new Date());
      if (isVerified) user?.verify(new Date());
    });
    return id;
  }

  it('are one where both have verified the same email', async () => {
    const id = await earlier('linked', true);
    expect((await me(await tokenOf('linked'))).body).toMatchObject({
      id,
      username: 'linked',
      is_verified: true,
    });
  });

  it('are two where one of them has not verified it', async () => {
    const here = await earlier('here', false);
    expect((await me(await tokenOf('here'))).body.id).not.toBe(here);
    const there = await earlier('there', true);
    expect((await me(await tokenOf('there', { email_verified: false }))).body.id).not.toBe(there);
  });

  it('are not given to a second person of Keycloak, whatever email they have got since', async () => {
    const id = await earlier('taken', true);
    expect((await me(await tokenOf('taken'))).body.id).toBe(id);
    expect((await me(await tokenOf('taken', { sub: 'heir', sid: 'heir' }))).body.id).not.toBe(id);
  });

  it('that are deleted here do not come back by a token of before, but by a new sign-in as another', async () => {
    const early = { iat: Math.floor(Date.now() / 1000) - 5 };
    const token = await tokenOf('gone', early);
    const { id } = (await me(token)).body;
    expect((await server.request('DELETE', '/users/me', { token, body: {} })).status).toBe(204);
    expect((await me(token)).status).toBe(401);
    expect((await me(await tokenOf('gone', { ...early, sid: 'gone-2' }))).status).toBe(401);
    const later = { iat: Math.floor(Date.now() / 1000) + 2, sid: 'gone-3' };
    const again = await me(await tokenOf('gone', later));
    expect([again.status, again.body.id === id]).toEqual([200, false]);
  });

  it('have no password here, so none is right', async () => {
    const token = await tokenOf('wordless');
    expect((await me(token)).status).toBe(200);
    const body = { current_password: '' };
    const guess = await server.request('DELETE', '/users/me', { token, body: { current_password: 'guess' } });
    expect(guess).toMatchObject({ status: 422, body: { code: 'identity.wrong_password' } });
    expect((await server.request('DELETE', '/users/me', { token, body })).status).toBe(422);
  });

  it('take the role of personal tokens along when Keycloak gives another', async () => {
    const admin = { realm_access: { roles: ['admin'] } };
    const token = await tokenOf('boss', admin);
    const made = await server.request('POST', '/auth/access-tokens', {
      token,
      body: { name: 'robot', scope: 'users:admin profile' },
    });
    expect(made.status).toBe(201);
    const robot = async () => (await server.request('GET', '/users', { token: made.body.token })).status;
    expect(await robot()).toBe(200);
    expect((await me(await tokenOf('boss', { sid: 'boss-2' }))).body.role).toBe('member');
    expect(await robot()).toBe(403);
    expect((await server.request('POST', '/auth/revoke', { form: { token: made.body.token } })).status).toBe(
      200,
    );
    expect(await robot()).toBe(401);
  });
});

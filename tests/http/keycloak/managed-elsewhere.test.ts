import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { TestServer } from '../../support/client.ts';
import { TestIssuer } from '../../support/issuer.ts';
import { keycloakServer } from '../../support/keycloak-server.ts';

describe('what Keycloak does', () => {
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

  it.each([
    ['POST', '/auth/register', '/protocol/openid-connect/registrations'],
    ['POST', '/auth/setup', '/account'],
    ['POST', '/auth/login', '/account'],
    ['POST', '/auth/refresh', '/account'],
    ['POST', '/auth/token', '/protocol/openid-connect/token'],
    ['POST', '/auth/introspect', '/protocol/openid-connect/token/introspect'],
    ['POST', '/auth/forgot-password', '/login-actions/reset-credentials'],
    ['POST', '/auth/reset-password', '/login-actions/reset-credentials'],
    ['POST', '/auth/verify-email', '/account'],
    ['POST', '/auth/verify-email/request', '/account'],
    ['PATCH', '/users/me', '/account'],
    ['PUT', '/users/me/password', '/account'],
    ['GET', '/auth/access-tokens', '/account'],
    ['POST', '/auth/access-tokens', '/account'],
    ['DELETE', '/auth/access-tokens/0198a0c4-0000-7000-8000-000000000000', '/account'],
    ['POST', '/invitations', '/account'],
    ['GET', '//.well-known/oauth-authorization-server', '/.well-known/openid-configuration'],
    ['GET', '//.well-known/paserks.json', '/protocol/openid-connect/certs'],
  ] as const)('%s %s says where to go', async (method, path, place) => {
    const token = await issuer.accessToken();
    for (const sent of [{}, { token }]) {
      const answer = await server.request(method, path, sent);
      expect(answer).toMatchObject({ status: 404, body: { code: 'identity.managed_by_keycloak' } });
      expect(answer.body.detail).toContain(issuer.url + place);
    }
  });

  it('is described as such', async () => {
    const { body } = await server.request('GET', '//openapi.json');
    const { post } = body.paths['/api/v1/auth/register'];
    expect(Object.keys(post.responses)).toContain('404');
    expect(post.requestBody).toBeUndefined();
    expect(body.paths['/api/v1/auth/oidc/login']).toBeDefined();
  });
});

describe('settings for Keycloak', () => {
  const start = async (change: Parameters<typeof keycloakServer>[2]) => {
    const issuer = await TestIssuer.start();
    const server = await keycloakServer(issuer, 'memory', change);
    onTestFinished(async () => {
      await server.stop();
      await issuer.stop();
    });
    return { issuer, server };
  };

  it('let a client sign in with a password and refresh, by tokens of Keycloak', async () => {
    const { issuer, server } = await start({ oidcPasswordGrant: 'on' });
    const forms: Record<string, string>[] = [];
    issuer.granting = async form => {
      forms.push(Object.fromEntries(form));
      if (form.get('password') === 'wrong')
        return {
          status: 401,
          body: { error: 'invalid_grant', error_description: 'Invalid user credentials' },
        };
      const access_token = await issuer.accessToken({ scope: form.get('scope') });
      const body = { access_token, refresh_token: 'refresh', token_type: 'Bearer', expires_in: 300 };
      return { body: { ...body, refresh_expires_in: 1800 } };
    };
    const signIn = { grant_type: 'password', username: 'alice', password: 'right', scope: 'todos' };
    const granted = await server.request('POST', '/auth/token', { form: signIn });
    expect(granted).toMatchObject({ status: 200, body: { refresh_token: 'refresh', scope: 'todos' } });
    expect(forms[0]).toMatchObject({ scope: 'openid atrium:todos', client_id: 'atrium-web' });
    const refresh = { grant_type: 'refresh_token', refresh_token: 'refresh' };
    expect((await server.request('POST', '/auth/token', { form: refresh })).status).toBe(200);
    expect(
      await server.request('POST', '/auth/token', { form: { ...signIn, password: 'wrong' } }),
    ).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Invalid user credentials' },
    });
    issuer.goAway();
    expect(await server.request('POST', '/auth/token', { form: signIn })).toMatchObject({
      status: 503,
      body: { code: 'identity.provider_unavailable' },
    });
  });

  it('let people make personal access tokens', async () => {
    const { issuer, server } = await start({ accessTokensWithKeycloak: 'on' });
    const token = await issuer.accessToken();
    const made = await server.request('POST', '/auth/access-tokens', {
      token,
      body: { name: 'robot', scope: 'todos' },
    });
    expect(made.status).toBe(201);
    expect((await server.request('GET', '/todos', { token: made.body.token })).status).toBe(200);
  });

  it('refuse personal access tokens unless they are on', async () => {
    const { server } = await start({});
    expect((await server.request('GET', '/todos', { token: 'atp_x' })).status).toBe(401);
  });
});

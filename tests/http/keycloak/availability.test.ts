import { expect, it, onTestFinished, vi } from 'vitest';
import { testServer } from '../../support/client.ts';
import { TestIssuer } from '../../support/issuer.ts';
import { isReady, keycloakServer, keycloakSettings } from '../../support/keycloak-server.ts';

async function startIssuer() {
  const issuer = await TestIssuer.start();
  onTestFinished(() => issuer.stop());
  return issuer;
}

it('A server starts without Keycloak, says that it is not ready, and is when Keycloak comes', async () => {
  const issuer = await startIssuer();
  issuer.goAway();
  const server = await testServer('memory', keycloakSettings(issuer));
  onTestFinished(() => server.stop());
  expect(await server.request('GET', '//readyz')).toMatchObject({
    status: 503,
    body: { status: 'unavailable', checks: { database: 'ok' } },
  });
  expect((await server.request('GET', '//livez')).status).toBe(200);
  const token = await issuer.accessToken();
  for (const [method, path] of [
    ['GET', '/users/me'],
    ['GET', '/auth/oidc/login'],
  ] as const)
    expect(await server.request(method, path, { token })).toMatchObject({
      status: 503,
      body: { code: 'identity.provider_unavailable' },
    });
  expect((await server.request('GET', '/posts')).status).toBe(200);
  issuer.comeBack();
  await isReady(server);
  expect((await server.request('GET', '/users/me', { token })).status).toBe(200);
});

it('A server does not believe the metadata of another issuer', async () => {
  const issuer = await startIssuer();
  issuer.alias = 'https://id.example.org/realms/atrium';
  const server = await testServer('memory', keycloakSettings(issuer));
  onTestFinished(() => server.stop());
  await vi.waitFor(() => expect(issuer.requests.length).toBeGreaterThan(1), 5000);
  expect((await server.request('GET', '//readyz')).status).toBe(503);
  expect(issuer.requests).not.toContain('/certs');
});

it('Who is signed in goes on while Keycloak is away, and the server stays ready', async () => {
  const issuer = await startIssuer();
  const server = await keycloakServer(issuer);
  onTestFinished(() => server.stop());
  issuer.goAway();
  const token = await issuer.accessToken();
  expect((await server.request('GET', '/users/me', { token })).status).toBe(200);
  expect((await server.request('GET', '//readyz')).status).toBe(200);
});

it('A new key of Keycloak is believed, and one that it has taken back is not', {
  timeout: 40_000,
}, async () => {
  const issuer = await startIssuer();
  const server = await keycloakServer(issuer);
  onTestFinished(() => server.stop());
  const old = await issuer.accessToken({ sid: 'old' });
  await issuer.rotate();
  await new Promise(resolve => setTimeout(resolve, 10_000));
  const token = await issuer.accessToken({ sid: 'new' });
  expect((await server.request('GET', '/users/me', { token })).status).toBe(200);
  expect((await server.request('GET', '/users/me', { token: old })).status).toBe(401);
});

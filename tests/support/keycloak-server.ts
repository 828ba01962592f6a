import { expect, vi } from 'vitest';
import type { Settings } from '../../src/platform/configuration/settings.ts';
import type { StorageName } from './application.ts';
import { type TestServer, testServer } from './client.ts';
import { AUDIENCE, CLIENT, type TestIssuer } from './issuer.ts';

export const keycloakSettings = (issuer: Pick<TestIssuer, 'url'>): Partial<Settings> => ({
  identityProvider: 'keycloak',
  oidcIssuer: issuer.url,
  oidcClientId: CLIENT,
  oidcAudience: AUDIENCE,
});

/** A server that takes its people from this issuer, which it has reached. */
export async function keycloakServer(
  issuer: Pick<TestIssuer, 'url'>,
  storage: StorageName = 'memory',
  change: Partial<Settings> = {},
): Promise<TestServer> {
  const server = await testServer(storage, { ...keycloakSettings(issuer), ...change });
  await isReady(server);
  return server;
}

export async function isReady(server: TestServer): Promise<void> {
  await vi.waitFor(async () => expect((await server.request('GET', '//readyz')).status).toBe(200), {
    timeout: 10_000,
    interval: 50,
  });
}

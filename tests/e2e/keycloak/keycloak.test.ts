import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBrowser } from '../../support/browser.ts';
import type { Environment } from '../../support/child-process.ts';
import { PASSWORD } from '../../support/client.ts';
import {
  DEMO_PASSWORD,
  hasKeycloak,
  type KeycloakPlace,
  keycloakPlace,
  NO_KEYCLOAK,
  type RunningKeycloak,
  removePlace,
  startKeycloak,
} from '../../support/keycloak.ts';
import { KeycloakAdmin } from '../../support/keycloak-admin.ts';
import { ownStorage, runAtrium, type ServerProcess, startServer } from '../../support/server-process.ts';

if (!hasKeycloak() && process.env.CI === 'true') throw new Error(NO_KEYCLOAK);

/** Milliseconds, of whatever Keycloak starts for. */
const BOOT = 300_000;

describe.skipIf(!hasKeycloak())('with a real Keycloak', () => {
  let place: KeycloakPlace;
  let keycloak: RunningKeycloak;
  let admin: KeycloakAdmin;
  beforeAll(async () => {
    place = await keycloakPlace();
    keycloak = await startKeycloak(place);
    admin = new KeycloakAdmin(keycloak.url);
    await admin.allowPasswords();
  }, BOOT);
  afterAll(async () => {
    await keycloak?.stop();
    if (place) await removePlace(place);
  });

  /** The service as a process, where Keycloak expects it to be. */
  async function service(environment: Environment = {}): Promise<ServerProcess> {
    const server = await startServer({
      ...(await ownStorage('sqlite')),
      ...environment,
      PORT: new URL(place.serviceUrl).port,
      PUBLIC_URL: place.serviceUrl,
      IDENTITY_PROVIDER: 'keycloak',
      OIDC_ISSUER: keycloak.url,
      OIDC_CLIENT_ID: 'atrium-web',
      OIDC_AUDIENCE: 'atrium-api',
      OIDC_PASSWORD_GRANT: 'on',
      LOG_LEVEL: 'debug',
      LOG_FORMAT: 'json',
    });
    await vi.waitFor(async () => expect((await fetch(`${server.origin}/readyz`)).status).toBe(200), 10_000);
    return server;
  }

  async function api(server: ServerProcess, method: string, path: string, options: RequestInit = {}) {
    const answer = await fetch(`${server.origin}/api/v1${path}`, { method, redirect: 'manual', ...options });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  }

  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  async function signIn(server: ServerProcess, username: string, scope?: string, password = DEMO_PASSWORD) {
    const form = { grant_type: 'password', username, password, ...(scope && { scope }) };
    const { status, body } = await api(server, 'POST', '/auth/token', { body: new URLSearchParams(form) });
    expect(status).toBe(200);
    return body as { access_token: string; refresh_token: string; scope: string };
  }

  it('people of its realm sign in with their passwords, and have their roles', async () => {
    const server = await service();
    const alice = await signIn(server, 'alice');
    expect(await api(server, 'GET', '/users/me', bearer(alice.access_token))).toMatchObject({
      status: 200,
      body: {
        username: 'alice',
        email: 'alice@example.org',
        full_name: 'Alice Archer',
        role: 'admin',
        is_verified: true,
      },
    });
    const bob = await signIn(server, 'bob');
    expect((await api(server, 'GET', '/users/me', bearer(bob.access_token))).body.role).toBe('member');
    expect((await api(server, 'GET', '/users', bearer(bob.access_token))).status).toBe(403);
    expect((await api(server, 'GET', '/users', bearer(alice.access_token))).status).toBe(200);
    const narrow = await signIn(server, 'alice', 'todos');
    expect(narrow.scope).toBe('todos');
    expect((await api(server, 'GET', '/users', bearer(narrow.access_token))).status).toBe(403);
    const refresh = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: bob.refresh_token });
    expect((await api(server, 'POST', '/auth/token', { body: refresh })).status).toBe(200);
    const wrong = new URLSearchParams({ grant_type: 'password', username: 'bob', password: 'wrong' });
    expect(await api(server, 'POST', '/auth/token', { body: wrong })).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it('a role that is given counts from the next token on', async () => {
    const server = await service();
    const bob = await signIn(server, 'bob');
    const roles = [await admin.read('/roles/admin')];
    const path = `/users/${await admin.userId('bob')}/role-mappings/realm`;
    await admin.request('POST', path, roles);
    try {
      expect((await api(server, 'GET', '/users', bearer(bob.access_token))).status).toBe(403);
      const again = await signIn(server, 'bob');
      expect((await api(server, 'GET', '/users', bearer(again.access_token))).status).toBe(200);
    } finally {
      await admin.request('DELETE', path, roles);
    }
  });

  it('a browser signs in, works, and signs out here and there', async ({ skip }) => {
    const browser = await startBrowser();
    if (!browser) return skip('There is no browser.');
    const server = await service();
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(`${place.serviceUrl}/api/v1/auth/oidc/login?return_to=/docs`);
    await page.fill('#username', 'alice');
    await page.fill('#password', DEMO_PASSWORD);
    await page.click('#kc-login');
    await page.waitForURL(`${place.serviceUrl}/docs`);
    const ask = (method: string, path: string) =>
      page.evaluate(
        async ([method, path]) => {
          const answer = await fetch(`/api/v1${path}`, { method });
          return { status: answer.status, body: (await answer.json()) as { redirect_to: string } };
        },
        [method, path] as const,
      );
    expect(await ask('GET', '/users/me')).toMatchObject({ status: 200, body: { username: 'alice' } });
    const cookies = await page.context().cookies(place.serviceUrl);
    expect(cookies.map(({ name, value }) => [name, value.slice(0, 4)])).toContainEqual([
      'atrium_access',
      'ats_',
    ]);
    expect(JSON.stringify(cookies)).not.toContain('eyJ');
    const { body } = await ask('POST', '/auth/logout');
    expect((await ask('GET', '/users/me')).status).toBe(401);
    await page.goto(body.redirect_to);
    await page.waitForURL(`${place.serviceUrl}/**`);
    await page.goto(`${place.serviceUrl}/api/v1/auth/oidc/login`);
    await page.waitForSelector('#username');
    expect(server.stdout).not.toMatch(/eyJ[\w-]{20}|[?&]code=/);
  });

  it('a log-out there ends the session here at once, by its back channel', async () => {
    const server = await service();
    const bob = await signIn(server, 'bob');
    const statusOf = async () => (await api(server, 'GET', '/users/me', bearer(bob.access_token))).status;
    expect(await statusOf()).toBe(200);
    await admin.request('POST', `/users/${await admin.userId('bob')}/logout`);
    await vi.waitFor(async () => expect(await statusOf()).toBe(401), 5000);
  });

  it('people who move there keep their passwords and all that they own', async () => {
    const storage = await ownStorage('sqlite');
    const before = await startServer(storage);
    const account = {
      email: 'carol@example.org',
      username: 'carol',
      full_name: 'Carol Case',
      password: PASSWORD,
    };
    const { body: carol } = await before.request('POST', '/auth/register', { body: account });
    const { body: tokens } = await before.signIn('carol');
    const todo = { text: 'Move', completed: false };
    await before.request('POST', '/todos', { token: tokens.access_token, body: todo });
    before.signal('SIGTERM');
    await before.ended();
    // As if the mail had been answered.
    const database = new SqliteDatabase(join(storage.DATA_DIR ?? '', 'atrium.db'));
    database.exec('update users set is_verified = 1');
    database.close();

    const { code, stdout } = await runAtrium(['users', 'export', '--for', 'keycloak'], storage);
    expect(code).toBe(0);
    const imported = await admin.request('POST', '/partialImport', JSON.parse(stdout));
    expect(await imported.json()).toMatchObject({ added: 1 });
    const after = await service({ ...storage, OIDC_LINK_BY_EMAIL: 'on' });
    const { access_token: token } = await signIn(after, 'carol', undefined, PASSWORD);
    expect((await api(after, 'GET', '/users/me', bearer(token))).body).toMatchObject({
      id: carol.id,
      full_name: 'Carol Case',
    });
    expect((await api(after, 'GET', '/todos', bearer(token))).body.results).toMatchObject([todo]);
  });

  it('a new key is believed, and those who are signed in go on while it is away', {
    timeout: BOOT,
  }, async () => {
    const server = await service();
    const before = await signIn(server, 'alice');
    expect((await api(server, 'GET', '/users/me', bearer(before.access_token))).status).toBe(200);
    await new Promise(resolve => setTimeout(resolve, 10_000));
    await admin.rotateKeys();
    const after = await signIn(server, 'alice');
    expect((await api(server, 'GET', '/users/me', bearer(after.access_token))).status).toBe(200);

    await keycloak.stop('SIGKILL');
    expect((await api(server, 'GET', '/todos', bearer(after.access_token))).status).toBe(200);
    expect((await fetch(`${server.origin}/readyz`)).status).toBe(200);
    expect((await api(server, 'GET', '/auth/oidc/login')).status).toBe(302);
    const form = new URLSearchParams({ grant_type: 'password', username: 'alice', password: DEMO_PASSWORD });
    expect(await api(server, 'POST', '/auth/token', { body: form })).toMatchObject({
      status: 503,
      body: { code: 'identity.provider_unavailable' },
    });
    keycloak = await startKeycloak(place);
    await signIn(server, 'bob');
  });
});

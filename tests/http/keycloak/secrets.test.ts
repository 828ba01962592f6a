import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../../src/composition/container.ts';
import { tokens } from '../../../src/composition/tokens.ts';
import { type Answer, type RequestOptions, type TestServer, testServer } from '../../support/client.ts';
import { cookieHeader } from '../../support/cookies.ts';
import { CLIENT, type Granting, newKey, nowInSeconds, TestIssuer } from '../../support/issuer.ts';
import { isReady, keycloakSettings } from '../../support/keycloak-server.ts';
import { SecretLedger } from '../../support/secret-ledger.ts';

const CLIENT_SECRET = 'the clients own phrase';
const WRONG_PASSWORD = 'mallorys wrong guess';
const CALLBACK = '/auth/oidc/callback';

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** An error of Keycloak's, or of a server before it, that repeats what it was sent: no server should, but one may. */
const failing =
  (status: number, error?: string): Granting =>
  async form => ({ status, body: { ...(error && { error }), ...Object.fromEntries(form) } });

const refusing =
  (why: string): Granting =>
  async () => ({ status: 400, body: { error: 'invalid_grant', error_description: why } });

describe('secrets of people who sign in at Keycloak', () => {
  let issuer: TestIssuer;
  let server: TestServer;
  let ledger: SecretLedger;
  const lines: string[] = [];
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    const stream = { write: (line: string) => void lines.push(line) };
    server = await testServer(
      'sqlite',
      { ...keycloakSettings(issuer), oidcClientSecret: CLIENT_SECRET, oidcPasswordGrant: 'on' },
      [override(tokens.log, pino({ level: 'trace' }, stream))],
    );
    await isReady(server);
  });
  afterAll(async () => {
    await server.stop();
    await issuer.stop();
  });
  beforeEach(() => {
    issuer.comeBack();
    lines.length = 0;
    ledger = new SecretLedger();
    ledger.add(CLIENT_SECRET);
  });

  /** A token is a secret as a whole, and so is each part that is not the same in all. */
  function secretToken(token: string): string {
    const [, ...own] = token.split('.');
    ledger.add(token, ...own.filter(part => part !== ''));
    return token;
  }

  function secretText(name: string): string {
    const text = `${name}-${crypto.randomUUID()}`;
    ledger.add(text);
    return text;
  }

  const accessToken = async (claims: object) => secretToken(await issuer.accessToken({ ...claims }));

  async function ask(
    status: number | undefined,
    method: string,
    path: string,
    options: RequestOptions = {},
  ): Promise<Answer> {
    const answer = await server.request(method, path, options);
    ledger.answered(answer);
    if (status !== undefined) expect(answer).toMatchObject({ status });
    return answer;
  }

  /** What Keycloak gives, which is secret. */
  const giving =
    (nonce: string | null, seconds = 300): Granting =>
    async () => ({
      body: {
        access_token: await accessToken({ exp: nowInSeconds() + seconds }),
        id_token: await accessToken({ aud: CLIENT, typ: 'ID', nonce }),
        refresh_token: secretText('refresh'),
        token_type: 'Bearer',
        expires_in: 300,
        refresh_expires_in: 1800,
      },
    });

  async function begin() {
    const begun = await ask(302, 'GET', '/auth/oidc/login');
    const sent = new URL(begun.headers.get('location') ?? '').searchParams;
    return { cookie: cookieHeader(begun), state: sent.get('state') ?? '', nonce: sent.get('nonce') };
  }

  const comeBack = (status: number | undefined, cookie: string, query: Record<string, string>) =>
    ask(status, 'GET', `${CALLBACK}?${new URLSearchParams(query)}`, { headers: { cookie } });

  async function signIn(seconds?: number): Promise<string> {
    const { cookie, state, nonce } = await begin();
    issuer.granting = giving(nonce, seconds);
    return cookieHeader(await comeBack(302, cookie, { state, code: secretText('code') }));
  }

  const me = (status: number | undefined, cookie: string) =>
    ask(status, 'GET', '/users/me', { headers: { cookie } });

  /** All that is on the disk of the database, the latest writes too. */
  async function stored(): Promise<string> {
    const { dataDir } = server.application.settings;
    const files = (await readdir(dataDir)).filter(name => name.startsWith('atrium.db'));
    return (await Promise.all(files.map(name => readFile(join(dataDir, name), 'latin1')))).join('\n');
  }

  async function expectNoneShown(): Promise<void> {
    ledger.expectNoneIn('the output', lines.join(''));
    ledger.expectNoneIn('an answer', ledger.answers);
    const database = await stored();
    expect(database).toContain('alice@example.org');
    ledger.expectNoneIn('the database', database);
  }

  it('show nowhere when a browser signs in, goes on and begins again', async () => {
    const cookie = await signIn();
    await me(200, cookie);
    await ask(200, 'GET', '/auth/sessions', { headers: { cookie } });
    await signIn();
    const renewed = await signIn(-10);
    issuer.granting = giving(null);
    await me(200, renewed);
    expect(ledger.size).toBeGreaterThan(20);
    await expectNoneShown();
  });

  it('show nowhere when a bearer token is taken, or refused', async () => {
    const good = await accessToken({ sid: 'another' });
    await ask(200, 'GET', '/users/me', { token: good });
    const [, payload = '', signature = ''] = good.split('.');
    const unsigned = secretToken(`${encoded({ alg: 'none', typ: 'JWT' })}.${payload}.`);
    const refused = [
      unsigned,
      `${unsigned}${signature}`,
      `${good}x`,
      await accessToken({ exp: nowInSeconds() - 600 }),
      await accessToken({ aud: 'another' }),
      await accessToken({ azp: 'another' }),
      await accessToken({ iss: 'https://elsewhere.example' }),
      secretToken(await issuer.accessToken({}, { key: await newKey() })),
      secretText('nonsense'),
    ];
    for (const token of refused) {
      await ask(401, 'GET', '/users/me', { token: secretToken(token) });
      await ask(401, 'GET', '/users/me', { headers: { cookie: `atrium_access=${token}` } });
      await ask(401, 'GET', '/users/me', { headers: { authorization: `Basic ${token}` } });
      await ask(422, 'GET', `/posts?access_token=${token}`);
    }
    await expectNoneShown();
  });

  it('show nowhere when a browser comes back with what is refused', async () => {
    const { cookie, state } = await begin();
    const code = secretText('code');
    issuer.granting = refusing('Code not valid');
    await comeBack(400, cookie, { state, code });
    await comeBack(400, cookie, { state: 'another', code });
    await comeBack(400, '', { state, code });
    await comeBack(400, cookie, { state, code, error: 'access_denied' });
    issuer.granting = giving('that of another');
    await comeBack(400, cookie, { state, code });
    await expectNoneShown();
  });

  it('show nowhere when Keycloak fails, and repeats what it was sent', async () => {
    for (const granting of [failing(502, 'server_error'), failing(502), failing(400), failing(418, 'odd')]) {
      const { cookie, state } = await begin();
      const expired = await signIn(-10);
      issuer.granting = granting;
      const query = { state, code: secretText('code') };
      await comeBack(undefined, cookie, query);
      await me(undefined, expired);
    }
    for (const odd of [
      { token_type: 'mac' },
      { token_type: 7 },
      { expires_in: 'soon' },
      { access_token: 7 },
    ]) {
      const expired = await signIn(-10);
      issuer.granting = async form => ({ body: { ...(await giving(null)(form)).body, ...odd } });
      await me(undefined, expired);
    }
    await expectNoneShown();
  });

  it('show nowhere when Keycloak is away, or does not renew tokens', async () => {
    const { cookie, state } = await begin();
    const expired = await signIn(-10);
    issuer.goAway();
    await comeBack(503, cookie, { state, code: secretText('code') });
    await me(503, expired);
    expect(lines.join('')).toContain('The identity provider does not answer');
    issuer.comeBack();
    issuer.granting = refusing('Session not active');
    await me(401, expired);
    await expectNoneShown();
  });

  it('show nowhere when Keycloak says that somebody has signed out, well or badly', async () => {
    const tell = async (status: number, logoutToken: string) =>
      ask(status, 'POST', '/auth/oidc/backchannel-logout', {
        form: { logout_token: secretToken(logoutToken) },
      });
    const cookie = await signIn();
    const good = await issuer.logoutToken();
    await tell(200, good);
    await me(401, cookie);
    await tell(400, good);
    await tell(400, await issuer.logoutToken({ aud: 'another' }));
    await tell(400, await issuer.logoutToken({ exp: nowInSeconds() - 600 }));
    await tell(400, await issuer.logoutToken({}, { key: await newKey() }));
    await tell(400, `${encoded({ alg: 'none' })}.${good.split('.')[1]}.`);
    await ask(400, 'POST', `/auth/oidc/backchannel-logout?logout_token=${good}`, { form: {} });
    await ask(415, 'POST', '/auth/oidc/backchannel-logout', { body: { logout_token: good } });
    await expectNoneShown();
  });

  it('show nowhere when a password is wrong, or Keycloak fails to say so', async () => {
    const form = { grant_type: 'password', username: 'alice', password: WRONG_PASSWORD };
    ledger.add(WRONG_PASSWORD);
    issuer.granting = refusing('Invalid user credentials');
    await ask(400, 'POST', '/auth/token', { form });
    issuer.granting = failing(502, 'server_error');
    await ask(undefined, 'POST', '/auth/token', { form });
    const refresh = { grant_type: 'refresh_token', refresh_token: secretText('refresh') };
    await ask(undefined, 'POST', '/auth/token', { form: refresh });
    issuer.granting = refusing('Token is not active');
    await ask(400, 'POST', '/auth/token', { form: refresh });
    issuer.goAway();
    await ask(503, 'POST', '/auth/token', { form });
    expect(lines.join('')).toContain('The identity provider does not answer');
    await expectNoneShown();
  });
});

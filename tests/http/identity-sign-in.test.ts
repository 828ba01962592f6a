import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { claimsOf } from '../support/forge.ts';
import { expectOAuthError } from '../support/problem.ts';
import { refreshed } from '../support/token-requests.ts';

const MEMBER_SCOPES = ['profile', 'posts:write', 'tasks', 'todos', 'operations', 'chat'];

describe.each(STORAGES)('signing in on %s', storage => {
  let server: TestServer;
  let id: string;
  beforeAll(async () => {
    server = await testServer(storage);
    ({ id } = await server.signUp('alice'));
    await server.request('POST', '/auth/register', {
      body: { email: 'straße@example.org', password: 'Ångström lives', full_name: 'S' },
    });
  });
  afterAll(() => server.stop());
  const grant = (form: Record<string, string>) => server.request('POST', '/auth/token', { form });
  const signIn = (form: Record<string, string> = {}) =>
    grant({ grant_type: 'password', username: 'alice', password: PASSWORD, ...form });

  it('answers 200 with tokens that nobody may keep', async () => {
    const answer = await signIn();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^v4\.public\./),
      token_type: 'bearer',
      expires_in: server.application.settings.accessTokenTtl,
      refresh_token: expect.stringMatching(/^atr_[\w-]{43}\.[\w-]{43}$/),
      scope: MEMBER_SCOPES.join(' '),
    });
    expect(claimsOf(answer.body.access_token)).toMatchObject({ sub: id, scope: MEMBER_SCOPES.join(' ') });
  });

  it.each(['alice', 'ALICE', 'alice@example.org', 'Alice@EXAMPLE.org'])(
    'takes the user name or the address in any case: %s',
    async username => {
      const { status, body } = await signIn({ username });
      expect(status).toBe(200);
      expect(claimsOf(body.access_token).sub).toBe(id);
    },
  );

  it('takes a password that another keyboard composed otherwise (NFC)', async () => {
    const form = { username: 'Straße@example.org', password: 'A\u030angstro\u0308m lives' };
    expect((await signIn(form)).status).toBe(200);
  });

  it('answers the same for a wrong password, an unknown name and an unknown address', async () => {
    const wrong = [
      await signIn({ password: 'wrong horse battery' }),
      await signIn({ password: `${PASSWORD} ` }),
      await signIn({ password: PASSWORD.toUpperCase() }),
      await signIn({ username: 'nobody' }),
      await signIn({ username: 'nobody@example.org' }),
      await signIn({ username: 'alice@example.com' }),
      await signIn({ username: "' or 1=1 --" }),
    ];
    for (const answer of wrong) {
      expectOAuthError(answer, 'invalid_grant', 'identity.invalid_grant');
      expect(answer.body.error_description).toBe('Incorrect email or password');
      expect({ ...answer.body, request_id: '' }).toEqual({ ...wrong[0]?.body, request_id: '' });
    }
  });

  it.each([
    ['todos', 'todos'],
    ['todos profile', 'profile todos'],
    ['  todos   todos ', 'todos'],
    ['todos users:admin', 'todos'],
    ['todos nonsense', 'todos'],
    ['', MEMBER_SCOPES.join(' ')],
  ])('grants of the scopes "%s" what the role allows', async (scope, granted) => {
    const { status, body } = await signIn({ scope });
    expect(status).toBe(200);
    expect(body.scope.split(' ').sort()).toEqual(granted.split(' ').sort());
    expect(claimsOf(body.access_token).scope).toBe(body.scope);
  });

  it.each(['users:admin', 'nonsense', 'users:admin roles:admin', 'TODOS', '*'])(
    'answers invalid_scope when nothing remains of "%s"',
    async scope => {
      expectOAuthError(await signIn({ scope }), 'invalid_scope', 'identity.invalid_scope');
    },
  );

  it.each(['client_credentials', 'authorization_code', 'PASSWORD', 'constructor'])(
    'answers unsupported_grant_type to the grant type "%s"',
    async grantType => {
      expectOAuthError(
        await grant({ grant_type: grantType, username: 'alice', password: PASSWORD }),
        'unsupported_grant_type',
        'identity.unsupported_grant_type',
      );
    },
  );

  it.each([
    ['nothing', {}, ''],
    ['no user name', { grant_type: 'password', password: PASSWORD }, '/username'],
    ['no password', { grant_type: 'password', username: 'alice' }, '/password'],
    ['an empty password', { grant_type: 'password', username: 'alice', password: '' }, '/password'],
    ['no refresh token', { grant_type: 'refresh_token' }, '/refresh_token'],
  ])('answers invalid_request when there is %s, naming the field', async (_, form, pointer) => {
    const answer = await server.request('POST', '/auth/token', { form: form as Record<string, string> });
    expectOAuthError(answer, 'invalid_request', 'request.invalid');
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it.each(['grant_type', 'username', 'password', 'scope', 'device_name'])(
    'answers invalid_request when %s is given twice (RFC 6749, section 3.2)',
    async name => {
      const form = new URLSearchParams({ grant_type: 'password', username: 'alice', password: PASSWORD });
      form.append('scope', 'todos');
      form.append('device_name', 'phone');
      form.append(name, form.get(name) ?? '');
      const answer = await server.request('POST', '/auth/token', {
        body: form.toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      expectOAuthError(answer, 'invalid_request', 'request.invalid');
    },
  );

  it('ignores parameters that it does not know', async () => {
    expect((await signIn({ client_id: 'app', audience: 'x' })).status).toBe(200);
  });

  it('treats parameters without a value as left out (RFC 6749, section 3.2)', async () => {
    expect((await signIn({ device_name: '', scope: '', refresh_token: '' })).status).toBe(200);
  });

  it('keeps neither passwords nor signing keys as they are', async () => {
    const { work } = server.application.get(tokens.identityStorage);
    const user = await work.run(({ users }) => users.get(id));
    expect(user?.passwordHash).toMatch(/^\$argon2id\$/);
    expect(user?.passwordHash).not.toContain(PASSWORD);
    const keys = await work.run(({ signingKeys }) => signingKeys.all());
    expect(JSON.stringify(keys)).not.toContain('k4.secret');
  });

  it('keeps nothing of refresh tokens as it is, neither of the first nor of its successors', async () => {
    const { body: first } = await signIn();
    const { body: next } = await refreshed(server, first.refresh_token);
    const { work } = server.application.get(tokens.identityStorage);
    const session = await work.run(({ sessions }) => sessions.get(String(claimsOf(first.access_token).sid)));
    expect(session).toMatchObject({ usedTokenHash: expect.any(String), sealedSuccessor: expect.any(String) });
    const stored = JSON.stringify(session);
    for (const { refresh_token: token } of [first, next])
      for (const part of token.replace('atr_', '').split('.')) expect(stored).not.toContain(part);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';

const canSignIn = async (server: TestServer, username: string, password = PASSWORD) => {
  const form = { grant_type: 'password', username, password };
  return (await server.request('POST', '/auth/token', { form })).status === 200;
};

describe('registering', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer();
    await server.signUp('alice');
  });
  afterAll(() => server.stop());
  const register = (fields: object) =>
    server.request('POST', '/auth/register', {
      body: { email: 'new@example.org', password: PASSWORD, ...fields },
    });

  it('answers 201 with the user, nothing secret, and where it is found', async () => {
    const answer = await register({
      email: 'Bob@Example.org',
      username: 'bob_b.b-1',
      full_name: 'Bob Böttcher',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe('/api/v1/users/me');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.has('etag')).toBe(false);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      email: 'Bob@Example.org',
      username: 'bob_b.b-1',
      full_name: 'Bob Böttcher',
      role: 'member',
      is_active: true,
      is_verified: false,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updated_at: answer.body.created_at,
    });
    expect(await canSignIn(server, 'bob_b.b-1')).toBe(true);
  });

  it('answers 201 without a user name and a full name, which are null then', async () => {
    const { status, body } = await register({ email: 'plain@example.org' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ username: null, full_name: null });
    expect(await canSignIn(server, 'plain@example.org')).toBe(true);
  });

  it.each([
    ['eight characters', '8charsxy'],
    ['128 characters', 'é'.repeat(128)],
    ['128 emoji', '💙'.repeat(128)],
    ['blanks only in number', ' '.repeat(12)],
    ['a control character', 'correct\u0007horse'],
    ['another alphabet', 'правильная лошадь'],
  ])('takes a password of %s as it is', async (name, password) => {
    const email = `${name.replaceAll(/\W/g, '')}@example.org`;
    expect((await register({ email, password })).status).toBe(201);
    expect(await canSignIn(server, email, password)).toBe(true);
    expect(await canSignIn(server, email, password.slice(0, -2))).toBe(false);
  });

  it.each([
    ['of 7 characters', { password: '7chars!' }, 'identity.password_length', '/password', 'password_length'],
    [
      'of 129 characters',
      { password: 'x'.repeat(129) },
      'identity.password_length',
      '/password',
      'password_length',
    ],
    ['of 7 emoji', { password: '💙'.repeat(7) }, 'identity.password_length', '/password', 'password_length'],
    ['of 1,000 characters', { password: 'x'.repeat(1000) }, 'request.invalid', '/password', 'max_length'],
    ['that is common', { password: 'password1' }, 'identity.password_common', '/password', 'password_common'],
    [
      'that is common in another case',
      { password: 'PassWord1' },
      'identity.password_common',
      '/password',
      'password_common',
    ],
    [
      'that is common in full width',
      { password: 'ｐａｓｓｗｏｒｄ１' },
      'identity.password_common',
      '/password',
      'password_common',
    ],
    [
      'that is the email',
      { password: 'New@Example.ORG' },
      'identity.password_is_name',
      '/password',
      'password_is_name',
    ],
    [
      'that is the user name',
      { username: 'newcomer', password: 'NewComer' },
      'identity.password_is_name',
      '/password',
      'password_is_name',
    ],
    ['that is a number', { password: 12345678 }, 'request.invalid', '/password', 'type'],
    ['that is missing', { password: undefined }, 'request.invalid', '/password', 'required'],
  ])('refuses a password %s with 422, and opens no account', async (_, fields, code, pointer, rule) => {
    expectProblem(await register(fields), 422, code, [[pointer, rule]]);
    expect(await canSignIn(server, 'new@example.org', String(fields.password))).toBe(false);
  });

  it.each([
    '',
    'new',
    'new@',
    '@example.org',
    'new@example',
    'new@@example.org',
    'a b@example.org',
    'new@exam ple.org',
    'new@example.org\n',
    'new@example.org\r\nBcc: all@example.org',
    'New <new@example.org>',
    'a@example.org,b@example.org',
    'new@example..org',
    `${'a'.repeat(65)}@example.org`,
  ])('refuses the address %j with 422', async email => {
    expectProblem(await register({ email }), 422, 'identity.email_invalid', [['/email', 'email_invalid']]);
  });

  it('refuses an address of more than 254 characters with 422', async () => {
    const email = `a@${'b'.repeat(250)}.org`;
    expectProblem(await register({ email }), 422, 'request.invalid', [['/email', 'max_length']]);
  });

  it.each(['ab', 'a'.repeat(33), 'Alice', 'al ice', 'al@ice', 'älice', 'alice\n', ''])(
    'refuses the user name %j with 422',
    async username => {
      expectProblem(await register({ username }), 422, 'request.invalid', [['/username', 'pattern']]);
    },
  );

  it.each([
    ['an empty full name', { full_name: '' }, '/full_name', 'min_length'],
    ['a full name of 101 characters', { full_name: 'a'.repeat(101) }, '/full_name', 'max_length'],
    ['a role', { role: 'admin' }, '/role', 'unknown_field'],
    ['a verified address', { is_verified: true }, '/is_verified', 'unknown_field'],
    ['an id', { id: '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47' }, '/id', 'unknown_field'],
  ])('refuses %s with 422, and opens no account', async (_, fields, pointer, rule) => {
    expectProblem(await register(fields), 422, 'request.invalid', [[pointer, rule]]);
    expect(await canSignIn(server, 'new@example.org')).toBe(false);
  });

  it('says to nobody, in refusing, what the password was', async () => {
    const answers = await Promise.all(
      [{ password: 'hunter2' }, { password: 'hunter22222', email: 'x' }].map(fields => register(fields)),
    );
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain('hunter2');
  });
});

describe('registering where it is closed', () => {
  it('answers 403 identity.registration_closed, and opens no account', async () => {
    const server = await testServer('memory', { registration: 'closed' });
    const answer = await server.request('POST', '/auth/register', {
      body: { email: 'a@example.org', password: PASSWORD },
    });
    expectProblem(answer, 403, 'identity.registration_closed');
    expect(await canSignIn(server, 'a@example.org')).toBe(false);
    await server.stop();
  });

  it('asks for as many characters of a password as the setting says', async () => {
    const server = await testServer('memory', { passwordMinLength: 20 });
    const body = { email: 'a@example.org', password: 'x7'.repeat(9) };
    expectProblem(await server.request('POST', '/auth/register', { body }), 422, 'identity.password_length');
    await server.stop();
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';

describe.each(STORAGES)('setting up the first administrator on %s', storage => {
  let server: TestServer;
  beforeEach(async () => {
    server = await testServer(storage);
  });
  afterEach(() => server.stop());

  const setUp = (token: string, email: string, fields: object = {}) =>
    server.request('POST', '/auth/setup', { body: { token, email, password: PASSWORD, ...fields } });
  const setupToken = () => server.application.get(tokens.setupToken).value;
  const signIn = (username: string, password = PASSWORD) =>
    server.request('POST', '/auth/token', { form: { grant_type: 'password', username, password } });

  it('answers 201 with an administrator who has every scope', async () => {
    const answer = await setUp(setupToken(), 'root@example.org', { username: 'root', full_name: 'Root' });
    expect(answer).toMatchObject({
      status: 201,
      body: { email: 'root@example.org', username: 'root', full_name: 'Root', role: 'admin' },
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await signIn('root')).body.scope.split(' ')).toEqual(
      expect.arrayContaining(['profile', 'users:admin', 'roles:admin', 'roster:admin', 'jobs:admin']),
    );
  });

  it.each(['', 'wrong', 'x'.repeat(200)])('answers 403 to the wrong token "%.10s"', async token => {
    expectProblem(await setUp(token, 'root@example.org'), 403, 'identity.wrong_setup_token');
    expect((await signIn('root@example.org')).status).toBe(400);
  });

  it('answers 422 to a weak password, and can be tried again', async () => {
    const refused = await setUp(setupToken(), 'root@example.org', { password: 'short' });
    expectProblem(refused, 422, 'identity.password_length', [['/password', 'password_length']]);
    expect((await setUp(setupToken(), 'root@example.org')).status).toBe(201);
  });

  it('answers 404 as soon as there is an administrator, whatever the token', async () => {
    expect((await setUp(setupToken(), 'root@example.org')).status).toBe(201);
    for (const token of [setupToken(), 'wrong'])
      expectProblem(await setUp(token, 'second@example.org'), 404, 'identity.setup_finished');
    expect((await signIn('second@example.org')).status).toBe(400);
  });

  it('answers 404 when the command line has made an administrator', async () => {
    await server.application
      .get(tokens.createUser)
      .execute({ email: 'cli@example.org', password: PASSWORD, role: 'admin' });
    expectProblem(await setUp(setupToken(), 'root@example.org'), 404, 'identity.setup_finished');
  });

  it('answers 409 to the address of a member, and can be tried again', async () => {
    await server.signUp('alice');
    expectProblem(await setUp(setupToken(), 'Alice@example.org'), 409, 'identity.email_taken');
    expect((await signIn('alice')).body.scope).not.toContain('admin');
    expect((await setUp(setupToken(), 'root@example.org')).status).toBe(201);
  });

  it('makes exactly one administrator of ten who come at once', async () => {
    const people = Array.from({ length: 10 }, (_, i) => `root${i}@example.org`);
    const answers = await Promise.all(people.map(email => setUp(setupToken(), email)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const answer of answers)
      if (answer.status !== 201) expectProblem(answer, 404, 'identity.setup_finished');
    const signedIn = await Promise.all(people.map(async email => (await signIn(email)).status === 200));
    expect(signedIn).toEqual(answers.map(({ status }) => status === 201));
  });
});

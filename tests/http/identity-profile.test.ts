import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../support/application.ts';
import { type Answer, PASSWORD, type TestServer, testServer } from '../support/client.ts';

describe.each(STORAGES)('/users/me on %s', storage => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer(storage);
  });
  afterAll(() => server.stop());

  it('shows the account as registering answered it', async () => {
    const registered = await server.request('POST', '/auth/register', {
      body: { email: 'Bob@example.org', username: 'bob', full_name: 'Bob B.', password: PASSWORD },
    });
    const { body } = await server.request('POST', '/auth/token', {
      form: { grant_type: 'password', username: 'bob', password: PASSWORD, scope: 'profile' },
    });
    const answer = await server.request('GET', '/users/me', { token: body.access_token });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(registered.body);
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    expect(answer.headers.get('vary')).toMatch(/Authorization, Cookie/);
  });

  it('shows everybody their own', async () => {
    const people = [await server.signUp('alice'), await server.signUp('carol')];
    for (const { id, token } of people)
      expect((await server.request('GET', '/users/me', { token })).body.id).toBe(id);
  });

  it('says nowhere what is secret or private', async () => {
    const { token } = await server.signUp('dave');
    const post = { title: 'By Dave', content: 'text' };
    const answers: Answer[] = [
      await server.request('GET', '/users/me', { token }),
      await server.request('POST', '/posts', { token, body: post }),
      await server.request('GET', '/posts'),
      await server.request('GET', '/todos', { token }),
    ];
    const secrets = /password|hash|argon2|email_key|refresh|version/i;
    for (const { body } of answers) expect(JSON.stringify(body)).not.toMatch(secrets);
    for (const { body } of answers.slice(1)) expect(JSON.stringify(body)).not.toContain('@');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';

const canSignIn = async (server: TestServer, username: string, password = PASSWORD) => {
  const form = { grant_type: 'password', username, password };
  return (await server.request('POST', '/auth/token', { form })).status === 200;
};

describe.each(STORAGES)('registering on %s', storage => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer(storage);
    await server.signUp('alice');
  });
  afterAll(() => server.stop());

  it.each([
    ['email', 'is the same', { email: 'alice@example.org' }, 'identity.email_taken'],
    ['email', 'differs in case only', { email: 'ALICE@example.ORG' }, 'identity.email_taken'],
    [
      'user name',
      'is the same',
      { email: 'other@example.org', username: 'alice' },
      'identity.username_taken',
    ],
  ])('answers 409 when the %s %s', async (_, __, fields, code) => {
    const body = { password: 'another horse battery', ...fields };
    expectProblem(await server.request('POST', '/auth/register', { body }), 409, code);
    expect(await canSignIn(server, fields.email, body.password)).toBe(false);
    expect(await canSignIn(server, 'alice')).toBe(true);
  });

  it('gives an address to exactly one of ten who ask at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        server.request('POST', '/auth/register', {
          body: {
            email: i % 2 ? 'race@example.org' : 'RACE@example.org',
            username: `racer${i}`,
            password: PASSWORD,
          },
        }),
      ),
    );
    const winners = answers.filter(({ status }) => status === 201);
    expect(winners).toHaveLength(1);
    for (const answer of answers)
      if (answer.status !== 201) expectProblem(answer, 409, 'identity.email_taken');
    const names = answers.map((_, i) => `racer${i}`);
    const present = await Promise.all(names.map(name => canSignIn(server, name)));
    expect(names.filter((_, i) => present[i])).toEqual([winners[0]?.body.username]);
  });
});

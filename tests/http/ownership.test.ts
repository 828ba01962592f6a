import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { pathOf, scopedEndpoints } from '../support/endpoints.ts';
import { expectProblem } from '../support/problem.ts';

describe.each(STORAGES)('what belongs to others, on %s', storage => {
  let server: TestServer;
  let alice: string;
  let bob: string;
  beforeAll(async () => {
    server = await testServer(storage);
    ({ token: alice } = await server.signUp('alice'));
    ({ token: bob } = await server.signUp('bob'));
  });
  afterAll(() => server.stop());

  it.each([
    ['PUT', { title: 'Mine', content: 'now' }],
    ['PATCH', { title: 'Mine' }],
    ['DELETE', undefined],
  ])('answers %s of a post 403 posts.not_author, and leaves it as it is', async (method, body) => {
    const post = await server.request('POST', '/posts', { token: alice, body: { title: 'a', content: 'b' } });
    const path = `/posts/${post.body.id}`;
    expectProblem(await server.request(method, path, { token: bob, body }), 403, 'posts.not_author');
    const headers = { 'if-match': post.headers.get('etag') ?? '' };
    expectProblem(await server.request(method, path, { token: bob, body, headers }), 403, 'posts.not_author');
    expect((await server.request('GET', path)).body).toEqual(post.body);
  });

  it.each([
    ['GET', undefined],
    ['PUT', { text: 'Mine' }],
    ['PATCH', { completed: true }],
    ['DELETE', undefined],
  ])('answers %s of a to-do as if it were not there, and leaves it as it is', async (method, body) => {
    const todo = await server.request('POST', '/todos', { token: alice, body: { text: 'a' } });
    const path = `/todos/${todo.body.id}`;
    const etag = todo.headers.get('etag') ?? '';
    for (const ifMatch of [undefined, etag, '"other"', '*']) {
      const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch };
      expectProblem(
        await server.request(method, path, { token: bob, body, headers }),
        404,
        'todos.not_found',
      );
    }
    expect((await server.request('GET', path, { token: alice })).body).toEqual(todo.body);
  });

  it('keeps the to-dos of others out of lists and their counts', async () => {
    await server.request('POST', '/todos', { token: bob, body: { text: "Bob's" } });
    const { body } = await server.request('GET', '/todos', { token: bob });
    expect(body.total_count).toBe(1);
    expect(body.results.map(({ text }: { text: string }) => text)).toEqual(["Bob's"]);
  });
});

describe.each(STORAGES)('a deactivated account, on %s', storage => {
  it('can use no endpoint with a token that it has, nor get a new one', async () => {
    const server = await testServer(storage);
    const { id, token, refreshToken } = await server.signUp('alice');
    await server.application.get(tokens.identityStorage).work.run(async ({ users }) => {
      const user = await users.get(id);
      if (user) user.isActive = false;
    });
    const profile = await server.request('GET', '/users/me', { token });
    const answers = await Promise.all(
      (await scopedEndpoints()).map(async endpoint => {
        const { status, body } = await server.request(endpoint.method, pathOf(endpoint), { token });
        return [endpoint.name, status, body?.code];
      }),
    );
    const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const signIn = { grant_type: 'password', username: 'alice', password: PASSWORD };
    const grants = await Promise.all(
      [refresh, signIn].map(form => server.request('POST', '/auth/token', { form })),
    );
    await server.stop();
    expectProblem(profile, 400, 'identity.inactive');
    expect(grants.map(({ body }) => body.error)).toEqual(['invalid_grant', 'invalid_grant']);
    expect(answers.filter(([, , code]) => code !== 'identity.inactive')).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type TestServer, testServer } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { expectProblem } from '../support/problem.ts';
import { rawRequest } from '../support/raw-request.ts';

/** In what order, and whether OPTIONS is named, is the server's own affair. */
const methodsIn = (allow: string | null) =>
  (allow ?? '')
    .split(/, */)
    .filter(method => method !== 'OPTIONS')
    .sort();

describe('a path, method or Accept that nothing answers to', () => {
  let server: TestServer;
  let token: string;
  let post: { id: string };
  beforeAll(async () => {
    server = await testServer();
    ({ token } = await server.signUp('alice'));
    ({ body: post } = await server.request('POST', '/posts', { token, body: { title: 'a', content: 'b' } }));
  });
  afterAll(() => server.stop());

  const raw = (method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    rawRequest(server.origin, { method, path, headers });

  it.each([
    'x',
    '1',
    '019ab0f4-7c1e-7d3a-8a51',
    `${UNKNOWN_ID}0`,
    `{${UNKNOWN_ID}}`,
    UNKNOWN_ID.replaceAll('-', ''),
    '%00',
    '%zz',
    '%ff%fe',
    '..%2f..%2fetc%2fpasswd',
    "' or 1=1--",
    'null',
    'a'.repeat(5000),
  ])('answers 404 request.bad_id naming the field for the id %.40s', async id => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
      for (const list of ['posts', 'todos']) {
        const answer = await server.request(method, `/${list}/${id}`, { token });
        expectProblem(answer, 404, 'request.bad_id', [['/id', 'format']]);
      }
    const session = await server.request('DELETE', `/auth/sessions/${id}`, { token });
    expectProblem(session, 404, 'request.bad_id', [['/id', 'format']]);
  });

  it.each([
    ['GET', `/posts/${UNKNOWN_ID}`, 'posts.not_found'],
    ['DELETE', `/posts/${UNKNOWN_ID}`, 'posts.not_found'],
    ['GET', `/todos/${UNKNOWN_ID}`, 'todos.not_found'],
    ['DELETE', `/todos/${UNKNOWN_ID}`, 'todos.not_found'],
    ['GET', '/nowhere', 'request.unknown_route'],
    ['POST', '/nowhere', 'request.unknown_route'],
    ['GET', `/posts/${UNKNOWN_ID}/comments`, 'request.unknown_route'],
    ['GET', '/posts//', 'request.unknown_route'],
    ['GET', '', 'request.unknown_route'],
    ['GET', '//nowhere', 'request.unknown_route'],
    ['GET', '//favicon.ico', 'request.unknown_route'],
    ['GET', '//docs/assets/nothing.js', 'request.unknown_route'],
    ['GET', '//docs/assets/..%2f..%2fpackage.json', 'request.unknown_route'],
    ['GET', '//docs/assets/constructor', 'request.unknown_route'],
    ['GET', '//docs/assets/__proto__', 'request.unknown_route'],
    ['GET', '//api/v2/posts', 'request.unknown_route'],
    ['GET', '/.well-known/paserks.json', 'request.unknown_route'],
    ['GET', '//.well-known/nothing', 'request.unknown_route'],
    ['GET', '//auth/sessions', 'request.unknown_route'],
  ])('answers 404 to %s %s with %s', async (method, path, code) => {
    expectProblem(await server.request(method, path, { token }), 404, code);
  });

  it('names the path without its query', async () => {
    const { body } = await server.request('GET', '/nowhere?token=secret');
    expect(body.instance).toBe('/api/v1/nowhere');
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it.each([
    ['PUT', '/api/v1/posts', ['GET', 'HEAD', 'POST']],
    ['PATCH', '/api/v1/posts', ['GET', 'HEAD', 'POST']],
    ['DELETE', '/api/v1/todos', ['GET', 'HEAD', 'POST']],
    ['POST', `/api/v1/posts/${UNKNOWN_ID}`, ['DELETE', 'GET', 'HEAD', 'PATCH', 'PUT']],
    ['GET', '/api/v1/auth/token', ['POST']],
    ['HEAD', '/api/v1/auth/register', ['POST']],
    ['GET', '/api/v1/auth/revoke', ['POST']],
    ['GET', '/api/v1/auth/introspect', ['POST']],
    ['POST', '/api/v1/auth/sessions', ['DELETE', 'GET', 'HEAD']],
    ['GET', `/api/v1/auth/sessions/${UNKNOWN_ID}`, ['DELETE']],
    ['POST', '/.well-known/paserks.json', ['GET', 'HEAD']],
    ['PUT', '/.well-known/oauth-authorization-server', ['GET', 'HEAD']],
    ['TRACE', '/api/v1/posts', ['GET', 'HEAD', 'POST']],
    ['PROPFIND', '/api/v1/posts', ['GET', 'HEAD', 'POST']],
    ['POST', '/docs', ['GET', 'HEAD']],
    ['DELETE', '/openapi.json', ['GET', 'HEAD']],
    ['DELETE', '/asyncapi.json', ['GET', 'HEAD']],
    ['POST', '/docs/chat', ['GET', 'HEAD']],
    ['POST', '/livez', ['GET', 'HEAD']],
  ])('answers 405 to %s %s with Allow', async (method, path, allowed) => {
    const answer = await raw(method, path);
    expect(answer.status).toBe(405);
    expect(methodsIn(answer.headers.get('allow'))).toEqual(allowed);
    if (method !== 'HEAD') expectProblem(answer, 405, 'request.method_not_allowed');
  });

  it('answers 404 to an unusual method where there is no path of ours', async () => {
    expectProblem(await raw('PROPFIND', '/api/v1/nowhere'), 404, 'request.unknown_route');
  });

  it('tells in answer to OPTIONS which methods a path has, and that it has none where it is not ours', async () => {
    const answer = await raw('OPTIONS', '/api/v1/posts');
    expect([200, 204]).toContain(answer.status);
    expect(methodsIn(answer.headers.get('allow'))).toEqual(['GET', 'HEAD', 'POST']);
    expect(answer.body).toBeUndefined();
    expectProblem(await raw('OPTIONS', '/api/v1/nowhere'), 404, 'request.unknown_route');
  });

  it.each([
    '/posts',
    '/posts/:id',
    '/todos',
    '/users/me',
    '/auth/sessions',
    '//.well-known/paserks.json',
    '//openapi.json',
    '//asyncapi.json',
    '//docs',
    '//docs/chat',
    '//livez',
  ])('answers HEAD %s with the headers of GET and no body', async template => {
    const path = template.replace(':id', post.id);
    const [get, head] = [
      await server.request('GET', path, { token }),
      await server.request('HEAD', path, { token }),
    ];
    expect(head.status).toBe(200);
    expect(head.body).toBeUndefined();
    for (const name of ['content-type', 'etag', 'cache-control', 'vary'])
      expect(head.headers.get(name)).toBe(get.headers.get(name));
  });

  it('answers HEAD of what is not there with 404 and no body', async () => {
    const answer = await server.request('HEAD', `/posts/${UNKNOWN_ID}`);
    expect(answer).toMatchObject({ status: 404, body: undefined });
  });

  it.each(['text/html', 'application/xml, text/*;q=0.5', 'application/json;q=0', '*/*;q=0', 'nonsense'])(
    'answers 406 to Accept: %s, and does nothing',
    async accept => {
      const headers = { accept };
      const body = { title: 'Hello', content: 'World' };
      expectProblem(await server.request('GET', '/posts', { headers }), 406, 'request.not_acceptable');
      const refused = await server.request('POST', '/posts', { token, headers, body });
      expectProblem(refused, 406, 'request.not_acceptable');
      expect((await server.request('GET', '/posts')).body.total_count).toBe(1);
    },
  );

  it.each(['application/json', '*/*', 'application/*', 'text/html, */*;q=0.1', 'APPLICATION/JSON', ''])(
    'answers 200 to Accept: %s',
    async accept => {
      expect((await raw('GET', '/api/v1/posts', { accept })).status).toBe(200);
    },
  );

  it.each([
    ['URL', `/api/v1/posts?q=${'a'.repeat(60_000)}`, {}],
    ['header', '/api/v1/posts', { 'x-long': 'a'.repeat(60_000) }],
  ])('refuses an endless %s, and goes on', async (_, path, headers) => {
    expect([413, 414, 431]).toContain((await raw('GET', path, headers)).status);
    expect((await server.request('GET', '/posts')).status).toBe(200);
  });

  it('answers 422, not more, to a long search', async () => {
    expectProblem(await raw('GET', `/api/v1/posts?q=${'a'.repeat(8000)}`), 422, 'request.invalid', [
      ['/q', 'max_length'],
    ]);
  });
});

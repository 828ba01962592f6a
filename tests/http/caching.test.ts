import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { declaredEndpoints, pathOf, UNKNOWN_ID } from '../support/endpoints.ts';
import { openAccount } from '../support/sign-in.ts';
import { signedIn } from '../support/token-requests.ts';

const endpoints = await declaredEndpoints();
const table = endpoints.map(endpoint => [`${endpoint.method} ${endpoint.path}`, endpoint] as const);

describe('what may be kept of an answer', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await testServer();
    ({ token } = await server.signUp('alice'));
  });
  afterAll(() => server.stop());

  it.each([
    ['/posts', 'public, no-cache', undefined],
    ['/posts/:id', 'public, no-cache', undefined],
    ['/todos', 'private, no-cache', ['Authorization', 'Cookie']],
    ['/todos/:id', 'private, no-cache', ['Authorization', 'Cookie']],
    ['/users/me', 'private, no-cache', ['Authorization', 'Cookie']],
    ['/auth/sessions', 'private, no-cache', ['Authorization', 'Cookie']],
    ['//.well-known/oauth-authorization-server', 'public, no-cache', undefined],
    ['//.well-known/paserks.json', 'public, no-cache', undefined],
  ])('of GET %s is %s, by Vary %s', async (template, cacheControl, vary) => {
    const body = template.startsWith('/posts') ? { title: 'a', content: 'b' } : { text: 'a' };
    const list = template.replace('/:id', '');
    const id = template.endsWith(':id') ? (await server.request('POST', list, { token, body })).body.id : '';
    const answer = await server.request('GET', template.replace(':id', id), { token });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe(cacheControl);
    for (const name of vary ?? []) expect(answer.headers.get('vary')?.split(/, */)).toContain(name);
    if (!vary) expect(answer.headers.get('vary') ?? '').not.toMatch(/Authorization|Cookie|\*/);
  });

  it.each(['POST', 'PUT', 'PATCH'])("of %s to what is one's own is private", async method => {
    const created = await server.request('POST', '/todos', { token, body: { text: 'a' } });
    const path = method === 'POST' ? '/todos' : `/todos/${created.body.id}`;
    const answer = await server.request(method, path, { token, body: { text: 'b' } });
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    expect(answer.headers.get('vary')).toMatch(/Authorization, Cookie/);
  });

  it('of tokens and credentials is nothing', async () => {
    await openAccount(server.application, 'root', 'admin');
    const { access_token: admin } = await signedIn(server, 'root');
    const account = { email: 'b@example.org', password: PASSWORD };
    const form = { grant_type: 'password', username: 'alice', password: PASSWORD };
    for (const answer of [
      await server.request('POST', '/auth/register', { body: account }),
      await server.request('POST', '/auth/token', { form }),
      await server.request('POST', '/auth/token', { form: { ...form, password: 'wrong' } }),
      await server.request('POST', '/auth/revoke', { form: { token: 'x' } }),
      await server.request('POST', '/auth/introspect', { token: admin, form: { token: admin } }),
      await server.request('DELETE', '/auth/sessions', { token: admin }),
    ]) {
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.has('etag')).toBe(false);
    }
  });

  it.each(table)('of a refusal of %s is nothing', async (_, endpoint) => {
    const body = endpoint.body ? '{' : undefined;
    const answer = await server.request(endpoint.method, pathOf(endpoint, 'x'), {
      headers: { accept: 'text/html' },
      body,
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['/nowhere', 404],
    [`/posts/${UNKNOWN_ID}`, 404],
    ['/todos', 401],
    ['/posts?page=0', 422],
  ])('of GET %s, which is %d, is nothing', async (path, status) => {
    const answer = await server.request('GET', path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator } from '../support/administrator.ts';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { storedUser } from '../support/people.ts';
import { expectProblem } from '../support/problem.ts';
import { signedIn } from '../support/token-requests.ts';

describe.each(STORAGES)('GET /people on %s', storage => {
  let server: TestServer;
  let token: string;
  let alice: string;
  let root: { readonly id: string; readonly token: string };

  beforeAll(async () => {
    server = await testServer(storage);
    ({ id: alice, token } = await server.signUp('alice'));
    root = await administrator(server);
  });
  afterAll(() => server.stop());

  const get = (query = '', by: string | undefined = token) =>
    server.request('GET', `/people${query}`, { token: by });

  it('shows every member who is active, by id and name alone', async () => {
    const named = await storedUser(server.application, { fullName: 'Ünal Ücretli' });
    const nameless = await storedUser(server.application);
    const { status, headers, body } = await get('?per_page=100');
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect(body).toMatchObject({ total_count: 4, page: 1, per_page: 100 });
    expect(body.results).toHaveLength(4);
    expect(body.results).toEqual(
      expect.arrayContaining([
        { id: alice, name: 'alice' },
        { id: root.id, name: 'root' },
        { id: named.id, name: 'Ünal Ücretli' },
        { id: nameless.id, name: nameless.displayName },
      ]),
    );
    expect(JSON.stringify(body)).not.toContain('@');
    expect(JSON.stringify(body)).not.toContain(nameless.email);
  });

  it('finds them by words of their names', async () => {
    expect((await get('?q=UNAL')).body.results).toMatchObject([{ name: 'Ünal Ücretli' }]);
    expect((await get('?q=ucr%20un')).body.results).toMatchObject([{ name: 'Ünal Ücretli' }]);
    for (const none of ['nal', 'example', 'unal%20alice'])
      expect((await get(`?q=${none}`)).body).toMatchObject({ total_count: 0, results: [] });
  });

  it('leaves out who is deactivated or has left, at once', async () => {
    const { id } = await server.signUp('comes-and-goes');
    const found = async () => (await get('?q=comes-and-goes')).body.results;
    expect(await found()).toEqual([{ id, name: 'comes-and-goes' }]);
    const change = (isActive: boolean) =>
      server.request('PATCH', `/users/${id}`, { token: root.token, body: { is_active: isActive } });
    await change(false);
    expect(await found()).toEqual([]);
    await change(true);
    expect(await found()).toEqual([{ id, name: 'comes-and-goes' }]);
    const { access_token: own } = await signedIn(server, 'comes-and-goes');
    await server.request('DELETE', '/users/me', { token: own });
    expect(await found()).toEqual([]);
    expect((await get('?q=former')).body.results).toEqual([]);
  });

  it('has pages', async () => {
    const all = (await get('?per_page=100&sort=created_at')).body.results;
    const { headers, body } = await get('?per_page=1&page=2&sort=created_at');
    expect(body.results).toEqual([all[1]]);
    expect((await get('?per_page=1')).body.results).toEqual([all.at(-1)]);
    expect(headers.get('link')).toContain('rel="next"');
    expect((await get('?page=1000')).body.results).toEqual([]);
  });

  it.each(['?q=!', '?q=', '?is_active=false', '?sort=name', '?cursor=', `?q=${'x'.repeat(201)}`])(
    'refuses %.40s',
    async query => {
      expectProblem(await get(query), 422, 'request.invalid');
    },
  );

  it('wants a token with the scope of every member', async () => {
    expectProblem(await server.request('GET', '/people'), 401, 'request.unauthenticated');
    const { access_token: lesser } = await signedIn(server, 'alice', { scope: 'todos' });
    expectProblem(await get('', lesser), 403, 'access.insufficient_scope');
    const { body } = await server.request('POST', '/auth/access-tokens', {
      token,
      body: { name: 'Script', scope: 'profile' },
    });
    expect((await get('', body.token)).status).toBe(200);
  });
});

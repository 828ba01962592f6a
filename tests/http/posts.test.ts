import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';

describe.each(STORAGES)('a post on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let alice: { id: string; token: string };
  beforeAll(async () => {
    server = await testServer(storage, { accessTokenTtl: 315_360_000 }, [override(tokens.clock, clock)]);
    alice = await server.signUp('alice');
  });
  afterAll(() => server.stop());

  const publish = (body: object = {}) =>
    server.request('POST', '/posts', {
      token: alice.token,
      body: { title: 'Hello', content: 'World', ...body },
    });
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    server.request(method, path, { token: alice.token, body, headers });

  it('is published with 201, Location, ETag and all that it shows', async () => {
    const answer = await publish();
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/),
      author_id: alice.id,
      user_name: 'alice',
      title: 'Hello',
      content: 'World',
      created_at: clock.now().toISOString(),
      updated_at: clock.now().toISOString(),
    });
    const location = answer.headers.get('location');
    expect(location).toBe(`/api/v1/posts/${answer.body.id}`);
    const found = await server.request('GET', `/${location}`);
    expect(found.body).toEqual(answer.body);
    expect(found.headers.get('etag')).toBe(answer.headers.get('etag'));
  });

  it('is found with a trailing slash and with its id in upper case', async () => {
    const { body } = await publish();
    for (const path of [`/posts/${body.id}/`, `/posts/${body.id.toUpperCase()}`])
      expect(await server.request('GET', path)).toMatchObject({ status: 200, body });
    expect(
      (await server.request('POST', '/posts/', { token: alice.token, body: { title: 'a', content: 'b' } }))
        .status,
    ).toBe(201);
  });

  it('is replaced by PUT, which sets updated_at and nothing else', async () => {
    const { body: before } = await publish();
    clock.advance(5);
    const answer = await send('PUT', `/posts/${before.id}`, { title: 'New', content: 'Text' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ...before,
      title: 'New',
      content: 'Text',
      updated_at: clock.now().toISOString(),
    });
    const found = await server.request('GET', `/posts/${before.id}`);
    expect(found.body).toEqual(answer.body);
    expect(found.headers.get('etag')).toBe(answer.headers.get('etag'));
  });

  it.each(['application/merge-patch+json', 'application/json'])(
    'is changed in part by PATCH as %s',
    async type => {
      const { body: before } = await publish();
      clock.advance(5);
      const headers = { 'content-type': type };
      const answer = await send('PATCH', `/posts/${before.id}`, { title: 'New' }, headers);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ ...before, title: 'New', updated_at: clock.now().toISOString() });
      expect((await server.request('GET', `/posts/${before.id}`)).body).toEqual(answer.body);
    },
  );

  it.each([
    ['PATCH', {}],
    ['PATCH', { title: 'Hello' }],
    ['PUT', { title: 'Hello', content: 'World' }],
  ])('keeps updated_at and its ETag when %s %j changes nothing', async (method, body) => {
    const before = await publish();
    clock.advance(5);
    const answer = await send(method, `/posts/${before.body.id}`, body);
    expect(answer).toMatchObject({ status: 200, body: before.body });
    expect(answer.headers.get('etag')).toBe(before.headers.get('etag'));
    expect((await server.request('GET', `/posts/${before.body.id}`)).body).toEqual(before.body);
  });

  it('is deleted with 204, and is 404 for every method from then on', async () => {
    const { body } = await publish();
    const path = `/posts/${body.id}`;
    const deleted = await send('DELETE', path);
    expect(deleted).toMatchObject({ status: 204, body: undefined });
    expect(deleted.headers.has('content-type')).toBe(false);
    for (const [method, change] of [
      ['GET', undefined],
      ['PUT', { title: 'a', content: 'b' }],
      ['PATCH', {}],
      ['DELETE', undefined],
    ] as const)
      expectProblem(await send(method, path, change), 404, 'posts.not_found');
    const { body: list } = await server.request('GET', '/posts?per_page=100');
    expect(list.results.map(({ id }: { id: string }) => id)).not.toContain(body.id);
  });

  it.each([
    ['the user name', { username: 'carol', full_name: 'Carol C.' }, /^carol$/],
    ['the full name where there is no user name', { full_name: 'Dora D.' }, /^Dora D\.$/],
    ['something that is not the address where there is neither', {}, /^[^@]+$/],
  ])('shows of its author %s', async (_, names, shown) => {
    const email = `${crypto.randomUUID()}@example.org`;
    await server.request('POST', '/auth/register', { body: { email, password: PASSWORD, ...names } });
    const form = { grant_type: 'password', username: email, password: PASSWORD };
    const { access_token: token } = (await server.request('POST', '/auth/token', { form })).body;
    const { body } = await server.request('POST', '/posts', { token, body: { title: 'a', content: 'b' } });
    expect(body.user_name).toMatch(shown);
    expect(body.user_name).not.toContain(email.split('@')[0]);
    const list = await server.request('GET', `/posts?author=${body.author_id}`);
    expect(list.body.results).toEqual([body]);
  });

  it('can be read by everybody, signed in or not, and with a token that is none', async () => {
    const { body } = await publish();
    for (const token of [undefined, alice.token, 'nonsense'])
      expect(await server.request('GET', `/posts/${body.id}`, { token })).toMatchObject({
        status: 200,
        body,
      });
  });
});

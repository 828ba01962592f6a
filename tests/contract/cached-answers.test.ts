import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { openAccount } from '../support/sign-in.ts';
import { signedIn } from '../support/token-requests.ts';

describe.each(STORAGES)('answers that the server keeps on %s', storage => {
  let server: TestServer;
  let alice: { id: string; token: string };
  let bob: { id: string; token: string };
  let root: string;

  beforeAll(async () => {
    server = await testServer(storage);
    alice = await server.signUp('alice');
    bob = await server.signUp('bob');
    await openAccount(server.application, 'root', 'admin');
    root = (await signedIn(server, 'root')).access_token;
  });
  afterAll(() => server.stop());

  const get = async (path: string, token?: string) => (await server.request('GET', path, { token })).body;
  const send = async (method: string, path: string, token: string, body?: object) =>
    (await server.request(method, path, { token, body })).body;

  /** How many answers were found while `work` ran. */
  async function hits(work: () => Promise<unknown>): Promise<number> {
    const { cachedAnswers } = server.application.get(tokens.metrics);
    const found = async () =>
      (await cachedAnswers.get()).values.find(({ labels }) => labels.found === 'hit')?.value ?? 0;
    const before = await found();
    await work();
    return (await found()) - before;
  }

  it('are made once', async () => {
    await get('/posts?per_page=3');
    expect(await hits(() => get('/posts?per_page=3'))).toBe(1);
    expect(await hits(() => get('/posts?per_page=4'))).toBe(0);
  });

  it('are answered with 304 to whoever has them', async () => {
    const first = await server.request('GET', '/posts?per_page=5');
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect(
      await hits(async () => {
        expect((await server.request('GET', '/posts?per_page=5', { headers })).status).toBe(304);
      }),
    ).toBe(1);
  });

  it('show what was added, changed and removed at once', async () => {
    const titles = async () => (await get('/posts')).results.map(({ title }: { title: string }) => title);
    expect(await titles()).toEqual([]);
    const { id } = await send('POST', '/posts', alice.token, { title: 'One', content: 'a' });
    expect(await titles()).toEqual(['One']);
    await send('PATCH', `/posts/${id}`, alice.token, { title: 'Two' });
    expect(await titles()).toEqual(['Two']);
    expect((await get(`/posts/${id}`)).title).toBe('Two');
    await send('DELETE', `/posts/${id}`, alice.token);
    expect(await titles()).toEqual([]);
    expect((await get(`/posts/${id}`)).code).toBe('posts.not_found');
  });

  it('show at once what was written by a request with an Idempotency-Key', async () => {
    await get('/posts');
    const headers = { 'idempotency-key': 'key' };
    const body = { title: 'Keyed', content: 'a' };
    await server.request('POST', '/posts', { token: alice.token, body, headers });
    expect((await get('/posts')).results[0].title).toBe('Keyed');
  });

  it("show the author's new name at once", async () => {
    const { id } = await send('POST', '/posts', bob.token, { title: 'Bob', content: 'a' });
    expect((await get(`/posts/${id}`)).user_name).toBe('bob');
    await send('PATCH', '/users/me', bob.token, { username: 'robert' });
    expect((await get(`/posts/${id}`)).user_name).toBe('robert');
    const people = (await get('/people', alice.token)).results.map(({ name }: { name: string }) => name);
    expect(people).toContain('robert');
  });

  it("are each person's own", async () => {
    const texts = async (token: string) =>
      (await get('/todos', token)).results.map(({ text }: { text: string }) => text);
    await send('POST', '/todos', alice.token, { text: "Alice's" });
    expect(await texts(alice.token)).toEqual(["Alice's"]);
    expect(await texts(bob.token)).toEqual([]);
    expect(await hits(() => get('/todos', alice.token))).toBe(1);
    await send('POST', '/todos', bob.token, { text: "Bob's" });
    expect(await hits(() => get('/todos', alice.token))).toBe(1);
    expect(await texts(bob.token)).toEqual(["Bob's"]);
  });

  it('are not for a token of the same person that may do less', async () => {
    const { id } = await send('POST', '/heroes', root, { name: 'Hero', secret_name: 'Secret' });
    expect(await get(`/heroes/${id}`, root)).toMatchObject({ secret_name: 'Secret' });
    const { access_token: narrow } = await signedIn(server, 'root', { scope: 'profile' });
    expect((await get(`/heroes/${id}`, narrow)).secret_name).toBeUndefined();
    expect((await get('/todos', narrow)).code).toBe('access.insufficient_scope');
  });

  it('follow who may see what: a team takes its tasks along', async () => {
    const team = await send('POST', '/teams', root, { name: 'Team' });
    const hero = await send('POST', '/heroes', root, { name: 'Bob', user_id: bob.id });
    await send('POST', '/tasks', alice.token, { title: 'For the team', team_id: team.id });
    const seen = async () => (await get('/tasks', bob.token)).total_count;
    expect(await seen()).toBe(0);
    await send('PUT', `/teams/${team.id}/members/${hero.id}`, root, { is_training: false });
    expect(await seen()).toBe(1);
    expect((await get(`/teams/${team.id}`, bob.token)).members).toHaveLength(1);
    await send('PATCH', `/heroes/${hero.id}`, root, { user_id: null });
    expect(await seen()).toBe(0);
    await send('PATCH', `/heroes/${hero.id}`, root, { user_id: bob.id, name: 'Robert' });
    expect(await seen()).toBe(1);
    expect((await get(`/teams/${team.id}`, bob.token)).members).toMatchObject([{ name: 'Robert' }]);
    await send('DELETE', `/teams/${team.id}`, root);
    expect(await seen()).toBe(0);
    expect((await get(`/heroes/${hero.id}`, bob.token)).teams).toEqual([]);
  });

  it('are true when rows were removed unseen', async () => {
    await get('/todos', alice.token);
    const { work } = server.application.get(tokens.todoStorage);
    await work.run(({ todos }) => todos.removeSomeOf(alice.id, 10));
    expect((await get('/todos', alice.token)).total_count).toBe(0);
  });

  it('are not kept where there is nothing to show', async () => {
    const path = '/posts/019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47';
    await get(path);
    expect(await hits(() => get(path))).toBe(0);
  });

  it('are made once for all who ask at the same time', async () => {
    const { reader } = server.application.get(tokens.postStorage);
    const { list } = reader;
    let made = 0;
    reader.list = query => {
      made += 1;
      return list(query);
    };
    await send('POST', '/posts', alice.token, { title: 'New', content: 'a' });
    await Promise.all(Array.from({ length: 20 }, () => get('/posts?per_page=7')));
    reader.list = list;
    expect(made).toBe(1);
  });
});

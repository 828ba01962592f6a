import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { type Answer, type TestServer, testServer } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { TestClock } from '../support/test-clock.ts';

/** rel → the query of its target. */
function linksOf({ headers }: Answer): Record<string, Record<string, string>> {
  const links = (headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g);
  return Object.fromEntries(
    [...links].map(([, target = '', rel = '']) => [
      rel,
      Object.fromEntries(new URL(target, 'http://atrium.test').searchParams),
    ]),
  );
}

const titles = ({ body }: Answer): string[] => body.results.map(({ title }: { title: string }) => title);
const texts = ({ body }: Answer): string[] => body.results.map(({ text }: { text: string }) => text);
const numbered = (from: number, to: number) =>
  Array.from({ length: Math.abs(from - to) + 1 }, (_, i) => `post ${from > to ? from - i : from + i}`);

describe.each(STORAGES)('a list on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let alice: { id: string; token: string };
  let bob: { id: string; token: string };
  const get = (path: string) => server.request('GET', path, { token: alice.token });

  /** Twenty-five posts: Bob's are 4, 8, 12 …; every five share a time; the last change is the one of post 7. */
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    alice = await server.signUp('alice');
    bob = await server.signUp('bob');
    const ids = [];
    for (let n = 1; n <= 25; n++) {
      const { token } = n % 4 === 0 ? bob : alice;
      const { body } = await server.request('POST', '/posts', {
        token,
        body: { title: `post ${n}`, content: 'text' },
      });
      ids.push(body.id);
      if (n % 5 === 0) clock.advance(1);
      const todo = { text: `post ${n}`, completed: n % 2 === 0 };
      await server.request('POST', '/todos', { token: alice.token, body: todo });
    }
    await server.request('PATCH', `/posts/${ids[6]}`, { token: alice.token, body: { content: 'changed' } });
  });
  afterAll(() => server.stop());

  it('begins with the newest, ten a page, and counts all', async () => {
    const answer = await get('/posts');
    expect(answer.body).toMatchObject({ total_count: 25, page: 1, per_page: 10 });
    expect(Object.keys(answer.body).sort()).toEqual(['page', 'per_page', 'results', 'total_count']);
    expect(titles(answer)).toEqual(numbered(25, 16));
    expect(linksOf(answer)).toEqual({ first: { page: '1' }, next: { page: '2' }, last: { page: '3' } });
    expect(texts(await get('/todos'))).toEqual(numbered(25, 16));
  });

  it('has links to the pages around, which keep the rest of the query', async () => {
    const answer = await get('/posts?page=2&per_page=5&sort=created_at');
    expect(titles(answer)).toEqual(numbered(6, 10));
    const link = (page: string) => ({ page, per_page: '5', sort: 'created_at' });
    expect(linksOf(answer)).toEqual({ first: link('1'), prev: link('1'), next: link('3'), last: link('5') });
    for (const [, target = ''] of (answer.headers.get('link') ?? '').matchAll(/<([^>]+)>/g)) {
      expect(target).toMatch(/^\/api\/v1\/posts\?/);
      expect((await get(`/${target}`)).status).toBe(200);
    }
  });

  it('ends with a shorter page that has no next one', async () => {
    const answer = await get('/posts?page=3');
    expect(titles(answer)).toEqual(numbered(5, 1));
    expect(linksOf(answer)).toEqual({ first: { page: '1' }, prev: { page: '2' }, last: { page: '3' } });
  });

  it.each([4, 1_000_000])('is empty on page %d, past its end, and leads back', async page => {
    const answer = await get(`/posts?page=${page}`);
    expect(answer).toMatchObject({ status: 200, body: { total_count: 25, page, per_page: 10, results: [] } });
    expect(linksOf(answer)).toEqual({ first: { page: '1' }, prev: { page: '3' }, last: { page: '3' } });
  });

  it('has no links where one page holds all', async () => {
    const answer = await get('/posts?per_page=100');
    expect(titles(answer)).toEqual(numbered(25, 1));
    expect(answer.headers.has('link')).toBe(false);
  });

  it('takes a trailing slash', async () => {
    expect((await get('/posts/?per_page=1')).body.total_count).toBe(25);
  });

  it.each([
    ['/posts?sort=created_at&per_page=100', numbered(1, 25)],
    ['/posts?sort=-created_at&per_page=100', numbered(25, 1)],
    ['/posts?sort=-updated_at&per_page=3', ['post 7', 'post 25', 'post 24']],
    ['/posts?sort=updated_at&per_page=3&page=3', ['post 8', 'post 9', 'post 10']],
  ])('has the order of %s', async (path, expected) => {
    expect(titles(await get(path))).toEqual(expected);
  });

  it('keeps the posts of one author', async () => {
    const answer = await get(`/posts?author=${bob.id}&per_page=100`);
    expect(titles(answer)).toEqual(['post 24', 'post 20', 'post 16', 'post 12', 'post 8', 'post 4']);
    expect(answer.body.total_count).toBe(6);
    expect((await get(`/posts?author=${bob.id.toUpperCase()}`)).body.total_count).toBe(6);
    expect((await get(`/posts?author=${UNKNOWN_ID}`)).body).toMatchObject({ total_count: 0, results: [] });
  });

  it('keeps the to-dos that are done, or those that are open', async () => {
    for (const [completed, count] of [
      [true, 12],
      [false, 13],
    ] as const) {
      const { body } = await get(`/todos?completed=${completed}&per_page=100`);
      expect(body.total_count).toBe(count);
      expect(new Set(body.results.map((todo: { completed: boolean }) => todo.completed))).toEqual(
        new Set([completed]),
      );
    }
  });

  it.each(['', '&sort=created_at', '&sort=-updated_at', '&sort=updated_at'])(
    'is walked by cursor once through, also where many share a time: %s',
    async sort => {
      const walked: string[] = [];
      let cursor: string | null = '';
      for (let pages = 0; cursor !== null && pages < 10; pages++) {
        const answer = await get(`/posts?per_page=4&cursor=${cursor}${sort}`);
        expect(Object.keys(answer.body).sort()).toEqual(['next_cursor', 'per_page', 'results']);
        walked.push(...titles(answer));
        cursor = answer.body.next_cursor;
        expect(linksOf(answer).next?.cursor).toBe(cursor ?? undefined);
      }
      expect(walked).toEqual(titles(await get(`/posts?per_page=100${sort}`)));
    },
  );

  it('ends a walk whose last page is full without another, empty one', async () => {
    const first = await get('/posts?per_page=15&cursor=');
    const last = await get(`/posts?per_page=10&cursor=${first.body.next_cursor}`);
    expect(last.body.next_cursor).toBeNull();
    expect(titles(last)).toEqual(numbered(10, 1));
  });

  it('counts in a walk when it is asked to, all pages of what is filtered', async () => {
    const first = await get(`/posts?author=${bob.id}&per_page=4&cursor=&count=true`);
    expect(first.body.total_count).toBe(6);
    const second = await get(
      `/posts?author=${bob.id}&per_page=4&count=true&cursor=${first.body.next_cursor}`,
    );
    expect(second.body).toMatchObject({ total_count: 6, next_cursor: null });
    expect(titles(second)).toEqual(['post 8', 'post 4']);
  });

  it('shows in a walk nothing twice and misses nothing when posts come and go meanwhile', async () => {
    const first = await get('/posts?per_page=10&cursor=');
    const added = await server.request('POST', '/posts', {
      token: alice.token,
      body: { title: 'later', content: 'text' },
    });
    const rest = await get(`/posts?per_page=100&cursor=${first.body.next_cursor}`);
    await server.request('DELETE', `/posts/${added.body.id}`, { token: alice.token });
    expect([...titles(first), ...titles(rest)]).toEqual(numbered(25, 1));
  });
});

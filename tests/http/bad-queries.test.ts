import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testServer } from '../support/client.ts';
import { expectProblem, faultsOf } from '../support/problem.ts';

describe('a query that a list does not take', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await testServer();
    ({ token } = await server.signUp('alice'));
    for (const title of ['one', 'two', 'three'])
      await server.request('POST', '/posts', { token, body: { title, content: 'text' } });
  });
  afterAll(() => server.stop());

  it.each([
    ['/posts?page=0', 'page', 'minimum'],
    ['/posts?page=-1', 'page', 'minimum'],
    ['/posts?page=1000001', 'page', 'maximum'],
    ['/posts?page=abc', 'page', 'type'],
    ['/posts?page=1.5', 'page', 'type'],
    ['/posts?page=1e3', 'page', 'type'],
    ['/posts?page=', 'page', 'type'],
    ['/posts?page', 'page', 'type'],
    ['/posts?page=99999999999999999999', 'page', 'type'],
    ['/posts?page=1&page=2', 'page', 'type'],
    ['/posts?per_page=0', 'per_page', 'minimum'],
    ['/posts?per_page=101', 'per_page', 'maximum'],
    ['/posts?per_page=many', 'per_page', 'type'],
    ['/posts?per_page[]=1', 'per_page[]', 'unknown_field'],
    ['/posts?author=alice', 'author', 'format'],
    ['/posts?author=', 'author', 'format'],
    ['/posts?author=019ab0f4-7c1e-7d3a-8a51', 'author', 'format'],
    ['/posts?q=', 'q', 'min_length'],
    [`/posts?q=${'a'.repeat(201)}`, 'q', 'max_length'],
    ['/posts?q=%20%21%20', 'q', 'no_words'],
    ['/posts?q=%00', 'q', 'no_words'],
    ['/posts?q=a+b+c+d+e+f+g+h+i+j+k', 'q', 'too_many_words'],
    ['/posts?q=a&q=b', 'q', 'type'],
    ['/posts?count=maybe&cursor=', 'count', 'type'],
    ['/posts?cursor=&page=1', 'page', 'exclusive'],
    [`/posts?cursor=${'a'.repeat(201)}`, 'cursor', 'max_length'],
    ['/posts?PAGE=1', 'PAGE', 'unknown_field'],
    ['/posts?title=one', 'title', 'unknown_field'],
    ['/posts?constructor=1', 'constructor', 'unknown_field'],
    ['/posts?__proto__=1', '__proto__', 'unknown_field'],
    ['/posts?completed=true', 'completed', 'unknown_field'],
    ['/todos?completed=yes', 'completed', 'type'],
    ['/todos?completed=1', 'completed', 'type'],
    ['/todos?completed=TRUE', 'completed', 'type'],
    ['/todos?completed=', 'completed', 'type'],
    ['/todos?completed=true&completed=true', 'completed', 'type'],
    ['/todos?owner=019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47', 'owner', 'unknown_field'],
    ['/todos?cursor=', 'cursor', 'unknown_field'],
    ['/todos?q=a', 'q', 'unknown_field'],
    ['/auth/sessions?page=0', 'page', 'minimum'],
    ['/auth/sessions?cursor=', 'cursor', 'unknown_field'],
    ['/auth/sessions?owner=019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47', 'owner', 'unknown_field'],
    ['/auth/sessions?live_at=2026-01-01T00:00:00Z', 'live_at', 'unknown_field'],
  ])('answers 422 to %s, naming %s and %s', async (path, name, rule) => {
    expectProblem(await server.request('GET', path, { token }), 422, 'request.invalid', [[`/${name}`, rule]]);
  });

  it.each([
    '/posts?sort=title',
    '/posts?sort=',
    '/posts?sort=--created_at',
    '/posts?sort=Created_At',
    '/posts?sort=created_at,updated_at',
    '/posts?sort=created_at%3B%20drop%20table%20posts',
    '/posts?sort=created_at&sort=-created_at',
    '/todos?sort=text',
    '/auth/sessions?sort=address',
  ])('answers 422 to the order of %s', async path => {
    const answer = await server.request('GET', path, { token });
    expectProblem(answer, 422, 'request.invalid');
    expect(new Set(faultsOf(answer).map(([pointer]) => pointer))).toEqual(new Set(['/sort']));
  });

  it('names every parameter that is wrong', async () => {
    const answer = await server.request('GET', '/posts?page=0&per_page=0&x=1');
    expectProblem(answer, 422, 'request.invalid');
    expect(faultsOf(answer).map(String).sort()).toEqual([
      '/page,minimum',
      '/per_page,minimum',
      '/x,unknown_field',
    ]);
  });

  it('takes a list of the longest search that is allowed', async () => {
    expect((await server.request('GET', '/posts?q=a+b+c+d+e+f+g+h+i+j')).status).toBe(200);
  });

  describe('by cursor', () => {
    const cursorFault = [['/cursor', 'cursor']] as const;
    const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const decoded = (cursor: string) => JSON.parse(Buffer.from(cursor, 'base64url').toString());
    let cursor: string;
    beforeAll(async () => {
      cursor = (await server.request('GET', '/posts?cursor=&per_page=1')).body.next_cursor;
    });

    it('answers 422 to one of another order', async () => {
      for (const sort of ['created_at', 'updated_at', '-updated_at'])
        expectProblem(
          await server.request('GET', `/posts?sort=${sort}&cursor=${cursor}`),
          422,
          'request.invalid',
          cursorFault,
        );
    });

    it.each([
      ['of no meaning', () => 'nonsense'],
      ['of other characters', () => '%00%ff%27%22'],
      ['cut off', () => cursor.slice(0, -8)],
      ['of null', () => encoded(null)],
      ['of a number', () => encoded(1)],
      ['of an empty list', () => encoded([])],
      ['with a text for its time', () => encoded(decoded(cursor).with(1, "1' or '1'='1"))],
      ['with a list for its time', () => encoded(decoded(cursor).with(1, [1]))],
      ['with a time beyond all dates', () => encoded(decoded(cursor).with(1, 8.64e15 + 1))],
      ['with a fraction of a millisecond', () => encoded(decoded(cursor).with(1, 1.5))],
      ['with an id that is none', () => encoded(decoded(cursor).with(2, 'x'))],
      ['with a list for its id', () => encoded(decoded(cursor).with(2, [decoded(cursor)[2]]))],
    ])('answers 422 to one %s', async (_, make) => {
      expectProblem(
        await server.request('GET', `/posts?cursor=${make()}`),
        422,
        'request.invalid',
        cursorFault,
      );
    });

    it('answers 422 to one that is given twice', async () => {
      expectProblem(
        await server.request('GET', `/posts?cursor=${cursor}&cursor=${cursor}`),
        422,
        'request.invalid',
        [['/cursor', 'type']],
      );
    });
  });
});

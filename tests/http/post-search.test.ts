import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';

const POSTS = [
  ['Crème brûlée', 'A dessert of cream and burnt sugar'],
  ['Straßenfest', 'Am Samstag feiern wir im Hof'],
  ['Привет, мир', 'Ёлка и котёнок'],
  ['東京 タワー', '高さ 333 メートル'],
  ['İstanbul', 'A city, said IŞIK'],
  ['Release 2.10', 'Fixes the e-mail bug, foo_bar and C++'],
  ['ΟΔΥΣΣΕΥΣ', 'Μῆνιν ἄειδε, θεά'],
] as const;

describe.each(STORAGES)('searching posts on %s', storage => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await testServer(storage);
    ({ token } = await server.signUp('alice'));
    for (const [title, content] of POSTS)
      await server.request('POST', '/posts', { token, body: { title, content } });
  });
  afterAll(() => server.stop());

  const search = async (q: string): Promise<string[]> => {
    const { status, body } = await server.request('GET', `/posts?${new URLSearchParams({ q })}`);
    expect(status).toBe(200);
    expect(body.total_count).toBe(body.results.length);
    return body.results.map(({ title }: { title: string }) => title);
  };

  it.each([
    ['creme', 'Crème brûlée'],
    ['CRÈME', 'Crème brûlée'],
    ['cre\u0300me', 'Crème brûlée'],
    ['brul', 'Crème brûlée'],
    ['sug', 'Crème brûlée'],
    ['creme sugar', 'Crème brûlée'],
    ['sugar, creme!', 'Crème brûlée'],
    ['bru des crem', 'Crème brûlée'],
    ['strassenfest', 'Straßenfest'],
    ['STRASSEN', 'Straßenfest'],
    ['straße', 'Straßenfest'],
    ['ПРИВЕТ', 'Привет, мир'],
    ['елка', 'Привет, мир'],
    ['мир кот', 'Привет, мир'],
    ['東京', '東京 タワー'],
    ['タワ', '東京 タワー'],
    ['333', '東京 タワー'],
    ['istanbul', 'İstanbul'],
    ['isik', 'İstanbul'],
    ['2 10', 'Release 2.10'],
    ['e-mail', 'Release 2.10'],
    ['foo_bar', 'Release 2.10'],
    ['c++', 'Release 2.10'],
    ['οδυσσευς', 'ΟΔΥΣΣΕΥΣ'],
    ['ΜΗΝΙΝ', 'ΟΔΥΣΣΕΥΣ'],
  ])('finds by "%s" the post "%s"', async (q, title) => {
    expect(await search(q)).toContain(title);
  });

  it.each(['reme', 'creme tower', 'essert', 'ривет', '京', 'nothing', 'crèmes', 'creme | sugar nope'])(
    'finds nothing by "%s": each word must begin a word',
    async q => {
      expect(await search(q)).toEqual([]);
    },
  );

  it.each(['and', 'the', 'of', 'a'])('knows no stop words: "%s" is searched for like any other', async q => {
    expect((await search(q)).length).toBeGreaterThan(0);
  });

  it('finds what an edit brought and no longer what it took away', async () => {
    const { body } = await server.request('POST', '/posts', {
      token,
      body: { title: 'Zebra', content: 'quagga okapi' },
    });
    expect(await search('zebra okapi')).toEqual(['Zebra']);
    await server.request('PATCH', `/posts/${body.id}`, { token, body: { content: 'giraffe' } });
    expect(await search('okapi')).toEqual([]);
    expect(await search('zebra gir')).toEqual(['Zebra']);
    await server.request('PUT', `/posts/${body.id}`, { token, body: { title: 'Gnu', content: 'giraffe' } });
    expect(await search('zebra')).toEqual([]);
    expect(await search('gnu')).toEqual(['Gnu']);
    await server.request('DELETE', `/posts/${body.id}`, { token });
    expect(await search('gnu')).toEqual([]);
  });

  it('goes together with the author, the order, pages and cursors', async () => {
    const { id, token: bob } = await server.signUp('bob');
    for (const title of ['Alpha', 'Beta', 'Gamma'])
      await server.request('POST', '/posts', { token: bob, body: { title, content: 'sugar lump' } });
    const of = async (query: string) => {
      const { body } = await server.request('GET', `/posts?q=sugar&author=${id}&${query}`);
      return { ...body, results: body.results.map(({ title }: { title: string }) => title) };
    };
    expect(await of('sort=created_at')).toMatchObject({
      total_count: 3,
      results: ['Alpha', 'Beta', 'Gamma'],
    });
    expect(await of('page=2&per_page=2')).toMatchObject({ total_count: 3, results: ['Alpha'] });
    const first = await of('per_page=2&cursor=&count=true');
    expect(first).toMatchObject({ total_count: 3, results: ['Gamma', 'Beta'] });
    const second = await of(`per_page=2&cursor=${first.next_cursor}`);
    expect(second).toMatchObject({ results: ['Alpha'], next_cursor: null });
  });
});

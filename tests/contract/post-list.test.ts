import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { ListQuery, Position } from '../../src/kernel/list.ts';
import type { PostStorage } from '../../src/modules/posts/application/ports.ts';
import { Post } from '../../src/modules/posts/domain/post.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, storedUser } from '../support/people.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const NEWEST_FIRST = ['g', 'f', 'e', 'd', 'c', 'b', 'a'];

/** Seven posts of two authors; c, d and e are of the same millisecond. */
describe.each(STORAGES)('the list of posts on %s', storage => {
  let application: TestApplication;
  let posts: PostStorage;
  let authors: readonly string[];

  beforeAll(async () => {
    application = await testApplication(storage);
    posts = application.get(tokens.postStorage);
    authors = [
      (await storedUser(application, { username: 'odd' })).id,
      (await storedUser(application, { username: 'even' })).id,
    ];
    for (const [number, title] of NAMES.entries()) {
      const at = new Date(BIRTH.getTime() + (number >= 2 && number <= 4 ? 2 : number));
      const author = authors[number % 2] as string;
      const post = new Post(application.get(tokens.ids).next(), author, { title, content: 'text' }, at);
      await posts.work.run(async work => work.posts.add(post));
    }
  });
  afterAll(() => application.close());

  async function titles(query: ListQuery) {
    const { rows, total, next } = await posts.reader.list(query);
    return { titles: rows.map(({ title }) => title), total, next };
  }

  async function walk(perPage: number, query: Omit<ListQuery, 'paging'> = {}): Promise<string[][]> {
    const pages: string[][] = [];
    let after: Position | undefined;
    do {
      const page = await titles({ ...query, paging: { after, perPage, count: false } });
      pages.push(page.titles);
      after = page.next;
    } while (after);
    return pages;
  }

  it('has the newest first, and of one time the greatest id', async () => {
    expect(await titles({ paging: { page: 1, perPage: 10 } })).toEqual({
      titles: NEWEST_FIRST,
      total: 7,
      next: undefined,
    });
  });

  it('has whole views', async () => {
    const [view] = (await posts.reader.list({ paging: { page: 1, perPage: 1 } })).rows;
    expect({ ...view }).toEqual({ ...(await posts.reader.find(view?.id ?? '')) });
    expect(view).toMatchObject({ title: 'g', userName: 'odd', version: 1 });
  });

  it('turns round when it is sorted upwards', async () => {
    const sort = { key: 'created_at', descending: false };
    expect(await titles({ sort, paging: { page: 1, perPage: 10 } })).toMatchObject({ titles: NAMES });
  });

  it.each([
    [1, ['g', 'f', 'e']],
    [2, ['d', 'c', 'b']],
    [3, ['a']],
    [4, []],
    [1_000_000, []],
  ])('has page %i, and the total on every page', async (page, expected) => {
    expect(await titles({ paging: { page, perPage: 3 } })).toMatchObject({ titles: expected, total: 7 });
  });

  it('keeps the posts of one author', async () => {
    const where = { author: authors[1] };
    expect(await titles({ where, paging: { page: 1, perPage: 2 } })).toMatchObject({
      titles: ['f', 'd'],
      total: 3,
    });
    expect(await walk(2, { where })).toEqual([['f', 'd'], ['b']]);
  });

  it.each([1, 2, 3, 6, 7, 8])('is walked whole by keyset pages of %i', async perPage => {
    const pages = await walk(perPage);
    expect(pages.flat()).toEqual(NEWEST_FIRST);
    expect(pages).toHaveLength(Math.ceil(7 / perPage));
    const upwards = await walk(perPage, { sort: { key: 'updated_at', descending: false } });
    expect(upwards.flat()).toEqual(NAMES);
  });

  it('counts on keyset pages only when it is asked to', async () => {
    const first = { after: undefined, perPage: 2 };
    expect(await titles({ paging: { ...first, count: false } })).toMatchObject({ total: undefined });
    const counted = await titles({ paging: { ...first, count: true } });
    expect(counted).toMatchObject({ titles: ['g', 'f'], total: 7 });
    expect(await titles({ paging: { after: counted.next, perPage: 2, count: true } })).toMatchObject({
      titles: ['e', 'd'],
      total: 7,
    });
  });

  it('has nothing after its end, and still its total', async () => {
    const after = { value: BIRTH.getTime() - 1, id: '00000000-0000-0000-0000-000000000000' };
    expect(await titles({ paging: { after, perPage: 2, count: true } })).toEqual({
      titles: [],
      total: 7,
      next: undefined,
    });
  });

  it('goes on from a place where there is no post any more', async () => {
    const after = { value: BIRTH.getTime() + 5, id: '00000000-0000-0000-0000-000000000000' };
    expect(await titles({ paging: { after, perPage: 2, count: false } })).toMatchObject({
      titles: ['e', 'd'],
    });
    const never = { value: 8.64e15, id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' };
    expect(await titles({ paging: { after: never, perPage: 1, count: false } })).toMatchObject({
      titles: ['g'],
    });
    const sort = { key: 'created_at', descending: true };
    const earliest = { value: -8.64e15, id: '00000000-0000-0000-0000-000000000000' };
    expect(await titles({ sort, paging: { after: earliest, perPage: 1, count: false } })).toMatchObject({
      titles: [],
    });
  });
});

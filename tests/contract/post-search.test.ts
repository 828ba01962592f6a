import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { searchWords } from '../../src/kernel/search-words.ts';
import type { PostStorage } from '../../src/modules/posts/application/ports.ts';
import { Post } from '../../src/modules/posts/domain/post.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, storedUser } from '../support/people.ts';

describe.each(STORAGES)('the search of posts on %s', storage => {
  let application: TestApplication;
  let posts: PostStorage;
  let author: string;

  beforeAll(async () => {
    application = await testApplication(storage);
    posts = application.get(tokens.postStorage);
    author = (await storedUser(application)).id;
  });
  afterAll(() => application.close());

  async function publish(title: string, content = 'nothing else', by = author): Promise<Post> {
    const post = new Post(application.get(tokens.ids).next(), by, { title, content }, BIRTH);
    await posts.work.run(async work => work.posts.add(post));
    return post;
  }

  async function found(text: string): Promise<string[]> {
    const { rows, total } = await posts.reader.list({
      words: searchWords(text),
      paging: { page: 1, perPage: 100 },
    });
    expect(total).toBe(rows.length);
    return rows.map(({ id }) => id);
  }

  it.each([
    ['a word of the title', 'Quokka sightings', 'quokka'],
    ['a word of any case', 'wOmBaT', 'WoMbAt'],
    ['the beginning of a word', 'platypuses', 'platyp'],
    ['one letter and a digit', 'x9y8z7', 'x9'],
    ['several words in any order', 'numbat meets bandicoot', 'bandicoot numbat'],
    ['beginnings of several words', 'echidna and dunnart', 'dunn echi'],
    ['accents where the query has none', 'Crème brûlée', 'creme brulee'],
    ['no accents where the query has some', 'Uber Angstrom', 'Über Ångström'],
    ['composed and decomposed letters alike', 'ze\u0301bu', 'z\u00e9bu'],
    ['sharp s as ss', 'Straßenbahn', 'STRASSENBAHN'],
    ['ss as sharp s', 'Fussball', 'fußball'],
    ['sharp s as its capital', 'Großstadt', 'GROẞSTADT'],
    ['capital sharp s as ss', 'GEFÄẞKRANK', 'gefässkrank'],
    ['ligatures as letters', 'e\ufb03cient', 'efficient'],
    ['full width as half width', 'ＴＯＫＹＯ', 'tokyo'],
    ['final sigma as sigma', 'Οδυσσεύς', 'ΟΔΥΣΣΕΥΣ'],
    ['a prefix that ends in sigma', 'Σίσυφος', 'σισ'],
    ['Turkish dotted i', 'İzmir', 'izmir'],
    ['Turkish dotless i', 'Diyarbakır', 'diyarbakir'],
    ['Japanese', '日本語の記事', '日本'],
    ['Hebrew with points', 'שָׁלוֹם', 'שלום'],
    ['Arabic with vowels', 'مُحَمَّد', 'محمد'],
    ['letters outside the basic plane', '𐐀𐐁𐐂', '𐐨𐐩'],
    ['digits of other scripts', '٣٤٥', '٣٤'],
    ['words between punctuation', 'left-hand,side/of:the;thing', 'hand side thing'],
    ['words of an underlined name', 'snake_case_name', 'case'],
    ['words around an apostrophe', "l'église d'Arc", 'eglise arc'],
  ])('finds %s', async (_, title, query) => {
    const { id } = await publish(title);
    expect(await found(query)).toContain(id);
  });

  it.each([
    ['the end of a word', 'hippopotamus', 'potamus'],
    ['the middle of a word', 'rhinoceros', 'inocer'],
    ['a longer word', 'gnu', 'gnus'],
    ['one of two words', 'aardvark', 'aardvark aardwolf'],
    ['a word that is only similar', 'okapi', 'okapo'],
    ['two words written as one', 'sea lion', 'sealion'],
  ])('does not find %s', async (_, title, query) => {
    const { id } = await publish(title);
    expect(await found(query)).not.toContain(id);
  });

  it('finds words of the title and of the content together', async () => {
    const { id } = await publish('Marsupials', 'The thylacine is gone.');
    expect(await found('thylacine marsupials')).toEqual([id]);
  });

  it('does not join the last word of the title with the first of the content', async () => {
    await publish('cassowa', 'ry');
    expect(await found('cassowary')).toEqual([]);
  });

  it.each([
    'AND',
    'OR',
    'NOT',
    'NEAR',
    'kookaburra AND',
    'NOT kookaburra',
    'kookaburra OR emu',
    'NEAR(kookaburra emu)',
    'kookaburra*',
    '"kookaburra',
    "kook'aburra",
    'search_text:kookaburra',
    'posts_search MATCH',
    '^kookaburra',
    'kookaburra:*',
    '!kookaburra',
    'kookaburra & | emu',
    'kookaburra <-> emu',
    '(kookaburra',
    '\\kookaburra',
    'kookaburra -emu',
    '{kookaburra}',
    "'; drop table posts; --",
  ])('takes %j as mere words', async query => {
    const both = await publish(`${query} wörtlich`);
    const one = await publish('kookaburra without any of that');
    const ids = await found(`${query} wortlich`);
    expect(ids).toContain(both.id);
    expect(ids).not.toContain(one.id);
  });

  it('finds by the new words after an edit, and not by the old ones', async () => {
    const { id } = await publish('dingo', 'remains');
    await posts.work.run(async work => (await work.posts.get(id))?.edit({ title: 'koala' }, BIRTH));
    expect(await found('dingo')).toEqual([]);
    expect(await found('koala remains')).toEqual([id]);
  });

  it('finds what was edited in the transaction that added it', async () => {
    const post = new Post(application.get(tokens.ids).next(), author, { title: 'ibex', content: 'x' }, BIRTH);
    await posts.work.run(async work => {
      await work.posts.add(post);
      post.edit({ title: 'chamois' }, BIRTH);
    });
    expect(await found('ibex')).toEqual([]);
    expect(await found('chamois')).toEqual([post.id]);
  });

  it('finds nothing of a removed post, and of one that was never committed', async () => {
    const { id } = await publish('potoroo');
    await posts.work.run(async work => {
      const post = await work.posts.get(id);
      if (post) await work.posts.remove(post);
    });
    expect(await found('potoroo')).toEqual([]);
    const rolledBack = posts.work.run(async work => {
      const next = application.get(tokens.ids).next();
      await work.posts.add(new Post(next, author, { title: 'bilby', content: 'x' }, BIRTH));
      throw new RangeError('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await found('bilby')).toEqual([]);
  });

  it('finds long words by their first 64 letters', async () => {
    const { id } = await publish(`${'q'.repeat(100)}`, `start${'v'.repeat(50_000)}`);
    expect(await found('q'.repeat(64))).toEqual([id]);
    expect(await found('q'.repeat(65))).toEqual([id]);
    expect(await found(`start${'v'.repeat(200)}`)).toEqual([id]);
    expect(await found(`${'q'.repeat(63)}r`)).toEqual([]);
  });

  it('finds a post without any letter by nothing', async () => {
    const { id } = await publish('!?', '… 💙 …');
    expect(await found('')).toContain(id);
    expect(await found('a')).not.toContain(id);
  });

  it('is combined with the author and the page', async () => {
    const other = (await storedUser(application)).id;
    const mine = [await publish('yak one'), await publish('yak two'), await publish('yak three')];
    await publish('yak four', 'by somebody else', other);
    const page = await posts.reader.list({
      where: { author },
      words: ['yak'],
      paging: { page: 2, perPage: 2 },
    });
    expect(page.total).toBe(3);
    expect(page.rows.map(({ id }) => id)).toEqual([mine[0]?.id]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import type { PostStorage } from '../../src/modules/posts/application/ports.ts';
import { Post } from '../../src/modules/posts/domain/post.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { DIFFICULT_TEXTS, DIFFICULT_TIMES } from '../support/texts.ts';

const UNKNOWN_ID = '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47';

describe.each(STORAGES)('the storage of posts on %s', storage => {
  let application: TestApplication;
  let posts: PostStorage;
  let author: User;

  beforeAll(async () => {
    application = await testApplication(storage);
    posts = application.get(tokens.postStorage);
    author = await storedUser(application, { username: 'author' });
  });
  afterAll(() => application.close());

  async function stored(title: string, content: string, at = BIRTH): Promise<Post> {
    const post = new Post(application.get(tokens.ids).next(), author.id, { title, content }, at);
    await posts.work.run(async work => work.posts.add(post));
    return post;
  }

  const loaded = (id: string) => posts.work.run(async work => work.posts.get(id));

  it('keeps every field, and shows the name of the author', async () => {
    const post = await stored('A title', 'Some content');
    const fields = {
      id: post.id,
      authorId: author.id,
      title: 'A title',
      content: 'Some content',
      createdAt: BIRTH,
      updatedAt: BIRTH,
      version: 1,
    };
    const found = await loaded(post.id);
    expect(found).toBeInstanceOf(Post);
    expect(found).not.toBe(post);
    expect(found).toMatchObject(fields);
    expect({ ...(await posts.reader.find(post.id)) }).toEqual({ ...fields, userName: 'author' });
  });

  it('keeps an edit', async () => {
    const post = await stored('before', 'unchanged');
    const later = new Date('2027-01-01T00:00:00.001Z');
    await posts.work.run(async work => (await work.posts.get(post.id))?.edit({ title: 'after' }, later));
    expect(await posts.reader.find(post.id)).toMatchObject({
      title: 'after',
      content: 'unchanged',
      createdAt: BIRTH,
      updatedAt: later,
      version: 2,
    });
  });

  it('shows the present name of an author who changed it', async () => {
    const renamed = await storedUser(application, { fullName: 'Before' });
    const post = new Post(
      application.get(tokens.ids).next(),
      renamed.id,
      { title: 'title', content: 'content' },
      BIRTH,
    );
    await posts.work.run(async work => work.posts.add(post));
    await application.get(tokens.identityStorage).work.run(async ({ users }) => {
      Object.assign((await users.get(renamed.id)) ?? {}, { displayName: 'After' });
    });
    expect(await posts.reader.find(post.id)).toMatchObject({ userName: 'After' });
  });

  it.each(DIFFICULT_TEXTS)('keeps the title and content %j', async text => {
    const { id } = await stored(text, text);
    expect(await posts.reader.find(id)).toMatchObject({ title: text, content: text });
    expect(await loaded(id)).toMatchObject({ title: text, content: text });
  });

  it.each(DIFFICULT_TEXTS)('keeps an edit to the title and content %j', async text => {
    const { id } = await stored('before', 'before');
    await posts.work.run(async work =>
      (await work.posts.get(id))?.edit({ title: text, content: text }, BIRTH),
    );
    expect(await posts.reader.find(id)).toMatchObject({ title: text, content: text });
  });

  it.each([
    ['one letter', 'x'.repeat(100_000)],
    ['emoji', `x${'💙'.repeat(99_999)}`],
    ['blanks and punctuation', ' .'.repeat(50_000)],
    ['distinct words', distinctWords(number => `w${number}`)],
    ['ligatures that unfold to eighteen letters', distinctWords(number => `\ufdfa${number}`)],
    [
      'long words of squared katakana',
      distinctWords(number => `${'\u3316'.repeat(9)}${String.fromCodePoint(0x4e00 + number)}`),
    ],
  ])('keeps the longest content: %s', async (_, content) => {
    const { id } = await stored('long', content);
    expect((await posts.reader.find(id))?.content === content).toBe(true);
    expect((await loaded(id))?.content === content).toBe(true);
    await posts.work.run(async work =>
      (await work.posts.get(id))?.edit({ content: `x${content.slice(1)}` }, BIRTH),
    );
    expect((await posts.reader.find(id))?.content === `x${content.slice(1)}`).toBe(true);
  });

  it.each(DIFFICULT_TIMES)('keeps the time %s', async time => {
    const { id } = await stored('timed', 'content', new Date(time));
    expect((await posts.reader.find(id))?.createdAt.toISOString()).toBe(time);
    expect((await loaded(id))?.updatedAt.toISOString()).toBe(time);
  });

  it('finds nothing under an unknown id', async () => {
    expect(await loaded(UNKNOWN_ID)).toBeUndefined();
    expect(await posts.reader.find(UNKNOWN_ID)).toBeUndefined();
  });

  it('finds nothing under the id of a removed post', async () => {
    const { id } = await stored('removed', 'content');
    await posts.work.run(async work => {
      const post = await work.posts.get(id);
      if (post) await work.posts.remove(post);
    });
    expect(await loaded(id)).toBeUndefined();
    expect(await posts.reader.find(id)).toBeUndefined();
  });
});

/** As many different words as fit into 100,000 code points. */
function distinctWords(wordOf: (number: number) => string): string {
  const words: string[] = [];
  let length = 0;
  for (let number = 0; ; number += 1) {
    const word = wordOf(number);
    length += [...word].length + 1;
    if (length > 100_000) return words.join(' ');
    words.push(word);
  }
}

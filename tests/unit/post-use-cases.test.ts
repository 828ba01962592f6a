import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { InvalidText, MissingScope, VersionMismatch } from '../../src/kernel/errors.ts';
import { DeletePost } from '../../src/modules/posts/application/delete-post.ts';
import { EditPost } from '../../src/modules/posts/application/edit-post.ts';
import { ListPosts } from '../../src/modules/posts/application/list-posts.ts';
import type { PostView } from '../../src/modules/posts/application/ports.ts';
import { PublishPost } from '../../src/modules/posts/application/publish-post.ts';
import { ReadPost } from '../../src/modules/posts/application/read-post.ts';
import { NotPostAuthor, PostNotFound } from '../../src/modules/posts/domain/errors.ts';
import { testApplication } from '../support/application.ts';
import { BIRTH, principal, storedUser, without } from '../support/people.ts';
import { TestClock } from '../support/test-clock.ts';

const UNKNOWN_ID = '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47';
const TEXT = { title: 'Title', content: 'Content' };

describe('posts', () => {
  let clock: TestClock;
  let publish: PublishPost;
  let edit: EditPost;
  let remove: DeletePost;
  let read: ReadPost;
  let list: ListPosts;
  let alice: string;
  let bob: string;

  beforeEach(async () => {
    clock = new TestClock();
    const application = await testApplication('memory', {}, [override(tokens.clock, clock)]);
    const { work, reader } = application.get(tokens.postStorage);
    publish = new PublishPost(work, application.get(tokens.ids), clock);
    edit = new EditPost(work, clock);
    remove = new DeletePost(work);
    read = new ReadPost(reader);
    list = new ListPosts(reader);
    alice = (await storedUser(application, { username: 'alice' })).id;
    bob = (await storedUser(application, { username: 'bob' })).id;
  });

  const published = async (): Promise<PostView> =>
    read.execute(await publish.execute(TEXT, principal(alice)));
  const all = async () => (await list.execute({ paging: { page: 1, perPage: 100 } })).rows;

  it('are published in the name of whoever asks, at the time of the clock', async () => {
    expect({ ...(await published()) }).toEqual({
      id: expect.any(String),
      authorId: alice,
      userName: 'alice',
      ...TEXT,
      createdAt: BIRTH,
      updatedAt: BIRTH,
      version: 1,
    });
  });

  it('are not published without the scope', async () => {
    const by = principal(alice, without('posts:write'));
    await expect(publish.execute(TEXT, by)).rejects.toThrow(MissingScope);
    expect(await all()).toEqual([]);
  });

  it.each([
    { title: '', content: 'Content' },
    { title: 'x'.repeat(201), content: 'Content' },
    { title: 'Title', content: '' },
    { title: 'Title', content: 'x'.repeat(100_001) },
    { title: 'a\0b', content: 'Content' },
  ])('are not published when they break the bounds of a field', async text => {
    await expect(publish.execute(text, principal(alice))).rejects.toThrow(InvalidText);
    expect(await all()).toEqual([]);
  });

  it('are edited by their author, in part or whole', async () => {
    const { id } = await published();
    clock.advance(60);
    await edit.execute({ postId: id, text: { title: 'Other' } }, principal(alice));
    expect(await read.execute(id)).toMatchObject({
      title: 'Other',
      content: 'Content',
      createdAt: BIRTH,
      updatedAt: clock.now(),
      version: 2,
    });
  });

  it('stay as they are when an edit changes nothing', async () => {
    const post = await published();
    clock.advance(60);
    await edit.execute({ postId: post.id, text: TEXT }, principal(alice));
    expect(await read.execute(post.id)).toEqual(post);
  });

  it('are edited and deleted at the expected version', async () => {
    const { id } = await published();
    await edit.execute({ postId: id, text: { title: '2' }, expectedVersion: 1 }, principal(alice));
    await remove.execute({ postId: id, expectedVersion: 2 }, principal(alice));
    expect(await all()).toEqual([]);
  });

  it('are neither edited nor deleted at another version', async () => {
    const post = await published();
    const act = { postId: post.id, expectedVersion: 2 };
    await expect(edit.execute({ ...act, text: { title: 'x' } }, principal(alice))).rejects.toThrow(
      VersionMismatch,
    );
    await expect(remove.execute(act, principal(alice))).rejects.toThrow(VersionMismatch);
    expect(await all()).toEqual([post]);
  });

  it('are neither edited nor deleted by anybody else', async () => {
    const post = await published();
    const act = { postId: post.id, text: { title: 'x' } };
    await expect(edit.execute(act, principal(bob))).rejects.toThrow(NotPostAuthor);
    await expect(remove.execute(act, principal(bob))).rejects.toThrow(NotPostAuthor);
    expect(await all()).toEqual([post]);
  });

  it('tell somebody else that it is not theirs before anything about the version', async () => {
    const { id } = await published();
    const act = { postId: id, expectedVersion: 99, text: {} };
    await expect(edit.execute(act, principal(bob))).rejects.toThrow(NotPostAuthor);
  });

  it('are neither edited nor deleted without the scope', async () => {
    const post = await published();
    const by = principal(alice, without('posts:write'));
    const act = { postId: post.id, text: { title: 'x' } };
    await expect(edit.execute(act, by)).rejects.toThrow(MissingScope);
    await expect(remove.execute(act, by)).rejects.toThrow(MissingScope);
    expect(await all()).toEqual([post]);
  });

  it('are not edited beyond the bounds of a field, not even in part', async () => {
    const post = await published();
    const act = { postId: post.id, text: { title: 'Fine', content: '' } };
    await expect(edit.execute(act, principal(alice))).rejects.toThrow(InvalidText);
    expect(await all()).toEqual([post]);
  });

  it('that are not there cannot be read, edited or deleted', async () => {
    const act = { postId: UNKNOWN_ID, text: {} };
    await expect(read.execute(UNKNOWN_ID)).rejects.toThrow(PostNotFound);
    await expect(edit.execute(act, principal(alice))).rejects.toThrow(PostNotFound);
    await expect(remove.execute(act, principal(alice))).rejects.toThrow(PostNotFound);
  });

  it('are deleted for good', async () => {
    const { id } = await published();
    await remove.execute({ postId: id }, principal(alice));
    await expect(read.execute(id)).rejects.toThrow(PostNotFound);
    await expect(remove.execute({ postId: id }, principal(alice))).rejects.toThrow(PostNotFound);
  });
});

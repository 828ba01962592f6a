import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import { evaluateList } from '../../../../platform/memory/memory-list.ts';
import { MemoryUnitOfWork } from '../../../../platform/memory/memory-unit-of-work.ts';
import type { MemoryStorage } from '../../../../platform/storage.ts';
import { POST_LIST, type PostRepository, type PostStorage, type PostView } from '../../application/ports.ts';
import type { Post } from '../../domain/post.ts';

export class InMemoryPostRepository implements PostRepository {
  private readonly posts: CollectionDraft<Post>;

  constructor(posts: CollectionDraft<Post>) {
    this.posts = posts;
  }

  get(id: string): Promise<Post | undefined> {
    return this.posts.get(id);
  }

  add(post: Post): Promise<void> {
    return this.posts.add(post);
  }

  remove(post: Post): Promise<void> {
    return this.posts.remove(post);
  }
}

export function inMemoryPosts({ store }: MemoryStorage): PostStorage {
  const posts = new MemoryCollection<Post>('posts');
  const view = (post: Post): PostView => ({ ...post, userName: store.read('people', post.authorId) ?? '' });
  return {
    work: new MemoryUnitOfWork(store, transaction => ({
      posts: new InMemoryPostRepository(transaction.draft(posts)),
    })),
    reader: {
      async find(id) {
        const post = posts.row(id);
        return post && view(post);
      },
      list: async query => evaluateList([...posts.rows()].map(view), POST_LIST, query),
    },
  };
}

import { MikroOrmUnitOfWork } from '../../../../platform/mikro-orm/mikro-orm-unit-of-work.ts';
import { ReadModel } from '../../../../platform/mikro-orm/read-model.ts';
import { column, columnsOf } from '../../../../platform/mikro-orm/read-model-source.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type { SqlStorage } from '../../../../platform/storage.ts';
import { POST_LIST, type PostRepository, type PostStorage, type PostView } from '../../application/ports.ts';
import type { Post } from '../../domain/post.ts';
import { PostSchema } from './post-schema.ts';

export class MikroOrmPostRepository implements PostRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(id: string): Promise<Post | undefined> {
    return this.transaction.find(PostSchema, { id });
  }

  add(post: Post): Promise<void> {
    return this.transaction.add(post);
  }

  remove(post: Post): Promise<void> {
    return this.transaction.remove(post);
  }
}

export function mikroOrmPosts({ database }: SqlStorage): PostStorage {
  const own = columnsOf(PostSchema, [
    'id',
    'authorId',
    'title',
    'content',
    'createdAt',
    'updatedAt',
    'version',
  ]);
  const posts = new ReadModel<PostView>(
    database.reader,
    {
      table: 'posts',
      columns: { ...own, userName: column('people.display_name') },
      joins: [{ table: 'people', on: ['people.id', 'posts.author_id'] }],
      search: { ftsTable: 'posts_search', rowId: 'posts.seq', vector: 'posts.search_vector' },
    },
    POST_LIST,
  );
  return {
    work: new MikroOrmUnitOfWork(database, transaction => ({
      posts: new MikroOrmPostRepository(transaction),
    })),
    reader: {
      find: id => posts.findBy('id', id),
      list: query => posts.list(query),
    },
  };
}

import type { ListQuery, ListSpec, Page } from '../../../kernel/list.ts';
import type { UserId } from '../../../kernel/principal.ts';
import type { UnitOfWork } from '../../../kernel/unit-of-work.ts';
import type { Post, PostId } from '../domain/post.ts';

export interface PostRepository {
  get(id: PostId): Promise<Post | undefined>;
  add(post: Post): Promise<void>;
  remove(post: Post): Promise<void>;
}

export type PostWork = UnitOfWork<{ readonly posts: PostRepository }>;

/** A post as it is shown. `userName` is the author's published name. */
export interface PostView {
  readonly id: PostId;
  readonly authorId: UserId;
  readonly userName: string;
  readonly title: string;
  readonly content: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}

export interface PostReader {
  find(id: PostId): Promise<PostView | undefined>;
  list(query: ListQuery): Promise<Page<PostView>>;
}

export const POST_LIST = {
  filters: { author: { field: 'authorId', match: 'equals' } },
  sorts: { created_at: 'createdAt', updated_at: 'updatedAt' },
  defaultSort: { key: 'created_at', descending: true },
  search: ['title', 'content'],
} as const satisfies ListSpec<PostView>;

/** What each storage gives to this context. */
export interface PostStorage {
  readonly work: PostWork;
  readonly reader: PostReader;
}

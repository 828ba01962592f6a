import type { ListQuery, Page } from '../../../kernel/list.ts';
import type { PostReader, PostView } from './ports.ts';

/**
 * Shows posts to anybody, newest first.
 *
 * - `author` keeps those of one person.
 * - `q` keeps those in whose title or content each of its words begins a word; case and accents do not matter.
 */
export class ListPosts {
  private readonly posts: PostReader;

  constructor(posts: PostReader) {
    this.posts = posts;
  }

  execute(query: ListQuery): Promise<Page<PostView>> {
    return this.posts.list(query);
  }
}

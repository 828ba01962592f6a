import { PostNotFound } from '../domain/errors.ts';
import type { PostId } from '../domain/post.ts';
import type { PostReader, PostView } from './ports.ts';

/** Shows one post to anybody. */
export class ReadPost {
  private readonly posts: PostReader;

  constructor(posts: PostReader) {
    this.posts = posts;
  }

  async execute(postId: PostId): Promise<PostView> {
    const post = await this.posts.find(postId);
    if (!post) throw new PostNotFound();
    return post;
  }
}

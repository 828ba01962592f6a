import type { Principal } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { PostNotFound } from '../domain/errors.ts';
import type { Post, PostId } from '../domain/post.ts';
import type { PostRepository } from './ports.ts';

export interface PostReference {
  readonly postId: PostId;
  /** The version that the change was decided on; without it the newest is changed. */
  readonly expectedVersion?: number | undefined;
}

/** The post that is meant, if whoever asks is its author and it has not changed since. */
export async function ownPost(
  posts: PostRepository,
  { postId, expectedVersion }: PostReference,
  by: Principal,
): Promise<Post> {
  const post = await posts.get(postId);
  if (!post) throw new PostNotFound();
  post.requireAuthor(by.userId);
  requireVersion(post, expectedVersion);
  return post;
}

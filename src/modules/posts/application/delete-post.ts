import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { ownPost, type PostReference } from './own-post.ts';
import type { PostWork } from './ports.ts';

/**
 * Deletes a post for good.
 *
 * - Only the author can.
 * - A deletion that was decided on an older version is refused.
 */
export class DeletePost {
  private readonly work: PostWork;

  constructor(work: PostWork) {
    this.work = work;
  }

  async execute(command: PostReference, by: Principal): Promise<void> {
    requireScope(by, 'posts:write');
    await this.work.run(async ({ posts }) => posts.remove(await ownPost(posts, command, by)), {
      retry: command.expectedVersion === undefined,
    });
  }
}

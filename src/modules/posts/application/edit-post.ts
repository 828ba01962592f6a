import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { PostText } from '../domain/post.ts';
import { ownPost, type PostReference } from './own-post.ts';
import type { PostWork } from './ports.ts';

/**
 * Changes the title, the content or both.
 *
 * - Only the author can.
 * - A change that was made against an older version is refused.
 */
export class EditPost {
  private readonly work: PostWork;
  private readonly clock: Clock;

  constructor(work: PostWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute(command: PostReference & { readonly text: Partial<PostText> }, by: Principal): Promise<void> {
    requireScope(by, 'posts:write');
    await this.work.run(
      async ({ posts }) => (await ownPost(posts, command, by)).edit(command.text, this.clock.now()),
      { retry: command.expectedVersion === undefined },
    );
  }
}

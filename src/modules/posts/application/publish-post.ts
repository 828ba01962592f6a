import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { Post, type PostId, type PostText } from '../domain/post.ts';
import type { PostWork } from './ports.ts';

/**
 * Publishes a post in the name of whoever asks.
 *
 * - The title has 1 to 200 characters, the content 1 to 100,000.
 * - Everybody can read it from then on, signed in or not.
 */
export class PublishPost {
  private readonly work: PostWork;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: PostWork, ids: Ids, clock: Clock) {
    this.work = work;
    this.ids = ids;
    this.clock = clock;
  }

  async execute(command: PostText, by: Principal): Promise<PostId> {
    requireScope(by, 'posts:write');
    const post = new Post(this.ids.next(), by.userId, command, this.clock.now());
    await this.work.run(({ posts }) => posts.add(post));
    return post.id;
  }
}

import type { UserId } from '../../../kernel/principal.ts';
import { removeAll } from '../../../kernel/remove-all.ts';
import type { ChatWork } from './ports.ts';

/** Forgets how far somebody has read, a few rooms at a time. */
export class ForgetReading {
  private readonly work: ChatWork;

  constructor(work: ChatWork) {
    this.work = work;
  }

  execute(userId: UserId, signal: AbortSignal): Promise<void> {
    return removeAll(
      limit => this.work.run(({ readMarks }) => readMarks.removeSomeOf(userId, limit)),
      signal,
    );
  }
}

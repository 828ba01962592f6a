import type { UserId } from '../../../kernel/principal.ts';
import { removeAll } from '../../../kernel/remove-all.ts';
import type { TaskWork } from './ports.ts';

/** Removes the tasks of somebody who has left that nobody else sees, a few at a time. Those that others see stay. */
export class EraseTasks {
  private readonly work: TaskWork;

  constructor(work: TaskWork) {
    this.work = work;
  }

  execute(userId: UserId, signal: AbortSignal): Promise<void> {
    return removeAll(limit => this.work.run(({ tasks }) => tasks.removeSomeUnshared(userId, limit)), signal);
  }
}

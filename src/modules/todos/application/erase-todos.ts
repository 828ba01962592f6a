import type { UserId } from '../../../kernel/principal.ts';
import { removeAll } from '../../../kernel/remove-all.ts';
import type { TodoWork } from './ports.ts';

/** Takes all to-dos of somebody who has left off their list, a few at a time. */
export class EraseTodos {
  private readonly work: TodoWork;

  constructor(work: TodoWork) {
    this.work = work;
  }

  execute(userId: UserId, signal: AbortSignal): Promise<void> {
    return removeAll(limit => this.work.run(({ todos }) => todos.removeSomeOf(userId, limit)), signal);
  }
}

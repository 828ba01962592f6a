import type { UserId } from '../../../kernel/principal.ts';
import { removeAll } from '../../../kernel/remove-all.ts';
import type { OperationWork } from './ports.ts';

/** Takes the whole journal of somebody who has left away, a few operations at a time. */
export class EraseOperations {
  private readonly work: OperationWork;

  constructor(work: OperationWork) {
    this.work = work;
  }

  execute(userId: UserId, signal: AbortSignal): Promise<void> {
    return removeAll(
      limit => this.work.run(({ operations }) => operations.removeSomeOf(userId, limit)),
      signal,
    );
  }
}

import type { UserId } from '../../../kernel/principal.ts';
import { removeAll } from '../../../kernel/remove-all.ts';
import type { ChatWork } from './ports.ts';

/** Takes somebody who has left out of all rooms, a few at a time. The rooms stay, those too that they made. */
export class LeaveAllRooms {
  private readonly work: ChatWork;

  constructor(work: ChatWork) {
    this.work = work;
  }

  execute(userId: UserId, signal: AbortSignal): Promise<void> {
    return removeAll(limit => this.work.run(({ members }) => members.removeSomeOf(userId, limit)), signal);
  }
}

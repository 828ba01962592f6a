import type { UserId } from '../../../kernel/principal.ts';
import { removeAll } from '../../../kernel/remove-all.ts';
import type { IdentityWork } from './ports.ts';

/** Removes all sessions of somebody who has left, which have ended: where from and on what they signed in. */
export class EraseSessions {
  private readonly work: IdentityWork;

  constructor(work: IdentityWork) {
    this.work = work;
  }

  execute(userId: UserId, signal: AbortSignal): Promise<void> {
    return removeAll(limit => this.work.run(({ sessions }) => sessions.removeSomeOf(userId, limit)), signal);
  }
}

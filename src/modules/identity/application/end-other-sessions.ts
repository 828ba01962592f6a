import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { done } from './audit.ts';
import type { IdentityWork } from './ports.ts';
import { requireRecentSignIn } from './recent-sign-in.ts';
import { endSession } from './revoke-access.ts';

/**
 * Ends all sessions of whoever asks but the one that asks.
 *
 * - It wants a recent sign-in, so that who found an open browser cannot lock its owner out.
 */
export class EndOtherSessions {
  private readonly work: IdentityWork;
  private readonly clock: Clock;

  constructor(work: IdentityWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute(by: Principal): Promise<void> {
    requireScope(by, 'profile');
    const now = this.clock.now();
    requireRecentSignIn(by, now);
    await this.work.run(
      async repositories => {
        for (const session of await repositories.sessions.liveOf(by.userId, now))
          if (session.id !== by.sessionId) await endSession(session, repositories, now);
        await repositories.audit.add(done('sessions.ended', by), now);
      },
      { retry: true },
    );
  }
}

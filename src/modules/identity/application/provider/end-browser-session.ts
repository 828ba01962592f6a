import type { Clock } from '../../../../kernel/clock.ts';
import type { IdentityWork } from '../ports.ts';
import { endSession } from '../revoke-access.ts';

/** Ends the session that a browser shows; what is none, or has ended, changes nothing. */
export class EndBrowserSession {
  private readonly work: IdentityWork;
  private readonly clock: Clock;

  constructor(work: IdentityWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  execute(familyHash: string): Promise<void> {
    return this.work.run(
      async repositories => {
        const session = await repositories.sessions.byFamilyHash(familyHash);
        const now = this.clock.now();
        if (session && now < session.expiresAt) await endSession(session, repositories, now);
      },
      { retry: true },
    );
  }
}

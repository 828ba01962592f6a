import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope, type SessionId } from '../../../kernel/principal.ts';
import { SessionNotFound } from '../domain/session-errors.ts';
import { done } from './audit.ts';
import { requirePerson } from './personal-token.ts';
import type { IdentityWork } from './ports.ts';
import { requireRecentSignIn } from './recent-sign-in.ts';
import { endSession } from './revoke-access.ts';

/**
 * Ends one session.
 *
 * - One's own, or anybody's with `users:admin`; whoever may not end a session is told that there is none.
 * - Ending another than the present one wants a recent sign-in.
 * - Its tokens are refused from then on, everywhere.
 */
export class EndSession {
  private readonly work: IdentityWork;
  private readonly clock: Clock;

  constructor(work: IdentityWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute(id: SessionId, by: Principal): Promise<void> {
    requireScope(by, 'profile');
    requirePerson(by);
    const now = this.clock.now();
    if (id !== by.sessionId) requireRecentSignIn(by, now);
    await this.work.run(
      async repositories => {
        const session = await repositories.sessions.get(id);
        const mayEnd = session?.userId === by.userId || by.scopes.has('users:admin');
        if (!session || !mayEnd || now >= session.expiresAt) throw new SessionNotFound();
        await endSession(session, repositories, now);
        await repositories.audit.add(done('session.ended', by, session.userId), now);
      },
      { retry: true },
    );
  }
}

import type { Clock } from '../../../../kernel/clock.ts';
import type { SessionId } from '../../../../kernel/principal.ts';
import { removeAll } from '../../../../kernel/remove-all.ts';
import { providerAccountId } from '../../domain/provider-account.ts';
import { InvalidLogoutToken } from '../../domain/provider-errors.ts';
import { type LogoutNotice, ProviderLogout } from '../../domain/provider-logout.ts';
import type { IdentityRepositories, IdentityWork } from '../ports.ts';
import { endAllSessions, endSession, revokeAccess } from '../revoke-access.ts';

/** Milliseconds for which notices are kept: longer than any access token is good for. 30 days. */
const KEPT = 2_592_000_000;

export interface Notice extends LogoutNotice {
  readonly issuer: string;
  /** That of a program which shows the provider's own tokens of the session; null where no session is named. */
  readonly sessionId: SessionId | null;
}

/**
 * Ends what has ended at the identity provider, at once and in every process.
 *
 * - One session of the provider's where it names one, and all of the person's otherwise: those of browsers, and whatever
 *   tokens were issued for it.
 * - A notice is taken once; the same again is refused.
 * - What it names may be unknown here: its tokens are refused all the same should they come.
 */
export class AcceptLogout {
  private readonly work: IdentityWork;
  private readonly clock: Clock;

  constructor(work: IdentityWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  /** @throws InvalidLogoutToken */
  execute(notice: Notice): Promise<void> {
    return this.work.run(
      async repositories => {
        const { providerLogouts } = repositories;
        if (await providerLogouts.get(notice.noticeId)) throw new InvalidLogoutToken();
        await providerLogouts.add(new ProviderLogout(notice));
        await this.endThere(notice, repositories);
      },
      { retry: true },
    );
  }

  /** Removes the notices that no token can be from before of, and the provider's tokens of sessions that have ended. */
  async forgetOld(signal: AbortSignal): Promise<void> {
    const now = this.clock.now();
    const before = new Date(now.getTime() - KEPT);
    const removeNotices = (limit: number) =>
      this.work.run(({ providerLogouts }) => providerLogouts.removeSomeBefore(before, limit));
    const removeTokens = (limit: number) =>
      this.work.run(({ providerSessions }) => providerSessions.removeSomeEnded(now, limit));
    await removeAll(removeNotices, signal);
    await removeAll(removeTokens, signal);
  }

  private async endThere(notice: Notice, repositories: IdentityRepositories): Promise<void> {
    const { issuer, providerSessionId, sessionId, subject } = notice;
    const { sessions, providerSessions, providerAccounts, users } = repositories;
    const now = this.clock.now();
    const account =
      subject === null ? undefined : await providerAccounts.get(providerAccountId({ issuer, subject }));
    if (providerSessionId === null) {
      const user = account && (await users.lock(account.userId));
      if (user) await endAllSessions(user.id, repositories, now);
      return;
    }
    const owners = new Set(account ? [account.userId] : []);
    for (const { id } of await providerSessions.ofProvider(providerSessionId)) {
      const session = await sessions.get(id);
      if (!session) continue;
      owners.add(session.userId);
      if (now < session.expiresAt) await endSession(session, repositories, now);
    }
    for (const userId of owners) await revokeAccess({ userId, sessionId }, repositories, now);
    // Without its person nobody knows which process remembers a token of it.
    if (owners.size === 0) await revokeAccess({ userId: null, sessionId: null }, repositories, now);
  }
}

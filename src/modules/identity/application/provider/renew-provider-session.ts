import type { Clock } from '../../../../kernel/clock.ts';
import type { SessionId } from '../../../../kernel/principal.ts';
import type { ProviderTokens } from '../../domain/provider-session.ts';
import { InvalidToken } from '../../domain/session-errors.ts';
import type { IdentityWork } from '../ports.ts';

/**
 * Keeps the new tokens that the identity provider gave for those of a browser's session.
 *
 * - The session is used thereby, and lasts as long again.
 * - One that has ended in the meantime stays ended.
 */
export class RenewProviderSession {
  private readonly work: IdentityWork;
  /** Seconds. */
  private readonly longest: number;
  private readonly clock: Clock;

  constructor(work: IdentityWork, longest: number, clock: Clock) {
    this.work = work;
    this.longest = longest;
    this.clock = clock;
  }

  /** `idle` in seconds. @throws InvalidToken */
  execute(id: SessionId, { idle, tokens }: { readonly idle: number; readonly tokens: ProviderTokens }) {
    return this.work.run(
      async ({ sessions, providerSessions }) => {
        const session = await sessions.get(id);
        const atProvider = session && (await providerSessions.get(id));
        const now = this.clock.now();
        if (!atProvider || now >= session.expiresAt) throw new InvalidToken();
        session.prolong({ idle, absolute: this.longest, grace: 0 }, now);
        atProvider.renew(tokens);
      },
      { retry: true },
    );
  }
}

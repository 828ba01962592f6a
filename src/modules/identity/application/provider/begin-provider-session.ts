import type { Clock } from '../../../../kernel/clock.ts';
import type { Ids } from '../../../../kernel/ids.ts';
import type { Scope, SessionId, UserId } from '../../../../kernel/principal.ts';
import { ProviderSession, type ProviderTokens } from '../../domain/provider-session.ts';
import { type Device, Session } from '../../domain/session.ts';
import type { IdentityWork } from '../ports.ts';
import { endSession } from '../revoke-access.ts';

export interface ProviderSignIn {
  readonly userId: UserId;
  readonly scopes: readonly Scope[];
  readonly device: Device;
  /** As the provider names the session. */
  readonly providerId: string | null;
  /** Of what the browser gets of the session. */
  readonly familyHash: string;
  readonly tokens: ProviderTokens;
  /** Seconds that the session lasts if it is not used. */
  readonly idle: number;
}

/**
 * Starts a browser's session for somebody who has signed in at the identity provider.
 *
 * - It ends when the provider's would, unless it is used, and at the latest after `SESSION_TTL`.
 * - A session of the same sign-in there that has been begun before ends: it is the same browser.
 * - The sign-in is in the audit log.
 */
export class BeginProviderSession {
  private readonly work: IdentityWork;
  /** Seconds. */
  private readonly longest: number;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: IdentityWork, longest: number, ids: Ids, clock: Clock) {
    this.work = work;
    this.longest = longest;
    this.ids = ids;
    this.clock = clock;
  }

  async execute(signIn: ProviderSignIn): Promise<SessionId> {
    const { userId, scopes, device, providerId, familyHash, tokens, idle } = signIn;
    return this.work.run(
      async repositories => {
        const { sessions, providerSessions, audit } = repositories;
        const now = this.clock.now();
        const before = providerId === null ? [] : await providerSessions.ofProvider(providerId);
        for (const { id } of before) {
          const session = await sessions.get(id);
          if (session && now < session.expiresAt) await endSession(session, repositories, now);
        }
        const lifetimes = { idle, absolute: this.longest, grace: 0 };
        const beginning = { userId, scopes, device, familyHash, refreshTokenHash: familyHash };
        const session = new Session(this.ids.next(), beginning, lifetimes, now);
        await sessions.add(session);
        await providerSessions.add(new ProviderSession(session.id, providerId, tokens));
        const { address } = device;
        const entry = { action: 'sign_in', outcome: 'success', actorId: userId, subjectId: userId } as const;
        await audit.add({ ...entry, address, details: {} }, now);
        return session.id;
      },
      { retry: true },
    );
  }
}

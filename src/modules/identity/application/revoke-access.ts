import type { EventLog } from '../../../kernel/events.ts';
import type { UserId } from '../../../kernel/principal.ts';
import type { Session } from '../domain/session.ts';
import type { AccessRevoked } from './events.ts';
import type { Revocation, RevocationLog, SessionRepository } from './ports.ts';

interface Repositories {
  readonly revocations: RevocationLog;
  readonly events: EventLog;
}

/** Ends a session and, in the same transaction, what was let do because of it. */
export async function endSession(session: Session, repositories: Repositories, now: Date): Promise<void> {
  session.end(now);
  await revokeAccess({ userId: session.userId, sessionId: session.id }, repositories, now);
}

/** Signs a person out everywhere. Whoever calls has locked the user, so that no sign-in comes in between. */
export async function endAllSessions(
  userId: UserId,
  repositories: Repositories & { readonly sessions: SessionRepository },
  now: Date,
): Promise<void> {
  for (const session of await repositories.sessions.liveOf(userId, now)) session.end(now);
  await revokeAccess({ userId, sessionId: null }, repositories, now);
}

/** Makes every process look again what somebody may do: by a row that none can miss, and at once by an event. */
export async function revokeAccess(
  revocation: Revocation,
  { revocations, events }: Repositories,
  now: Date,
): Promise<void> {
  await revocations.add(revocation, now);
  const revoked: AccessRevoked = { type: 'identity.access_revoked', ...revocation };
  events.record(revoked);
}

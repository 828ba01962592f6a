import type { Session } from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import type { SendNewSignIn } from './jobs.ts';
import type { IdentityRepositories } from './ports.ts';

const DAY = 86_400_000;

/** Days after which a client that keeps no cookies is not known any more: as many as a browser keeps one. */
const KNOWN = 400;

/** Mails to one person in a day: somebody's script, or somebody with the password, could cause any number. */
const MOST = 5;

/**
 * Has a mail tell of a session that an unknown device is about to begin. Whoever calls has locked the user.
 *
 * - Not of an account's very first one, which there is nothing to compare with.
 * - A client that may keep no cookies is known, too, by its name and network together, once it has signed in since the
 *   password was last changed.
 */
export async function announceSignIn(
  session: Session,
  user: User,
  { sessions, jobs }: IdentityRepositories,
): Promise<void> {
  const now = session.createdAt.getTime();
  const since = new Date(Math.max(now - KNOWN * DAY, user.passwordChangedAt.getTime()));
  if (session.network !== null && (await sessions.hasClient(session, since))) return;
  if (!(await sessions.hasAny(user.id))) return;
  if ((await sessions.announcedSince(user.id, new Date(now - DAY))).length >= MOST) return;
  session.isAnnounced = true;
  const job: SendNewSignIn = { type: 'identity.send_new_sign_in', sessionId: session.id };
  await jobs.enqueue(job);
}

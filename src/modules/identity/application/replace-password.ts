import type { User } from '../domain/user.ts';
import type { IdentityRepositories } from './ports.ts';
import { endAllSessions } from './revoke-access.ts';

/**
 * Gives a user, whom the caller has locked, another password. All their sessions end, and no link that was mailed to set
 * one is good any more.
 */
export async function replacePassword(
  user: User,
  passwordHash: string,
  repositories: IdentityRepositories,
  now: Date,
): Promise<void> {
  user.changePassword(passwordHash, now);
  for (const link of await repositories.mailTokens.of(user.id, 'reset_password'))
    await repositories.mailTokens.remove(link);
  await endAllSessions(user.id, repositories, now);
}

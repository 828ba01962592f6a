import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { isPlaceholder } from '../domain/email.ts';
import { deletionOf } from '../domain/provider-logout.ts';
import { InvalidToken } from '../domain/session-errors.ts';
import type { User } from '../domain/user.ts';
import { done } from './audit.ts';
import type { EraseAccount, SendAccountDeleted } from './jobs.ts';
import { requireAnotherAdministrator } from './last-administrator.ts';
import type { IdentityRepositories, IdentityWork } from './ports.ts';
import type { ProofOfIdentity } from './proof-of-identity.ts';
import { endAllSessions } from './revoke-access.ts';

export interface DeleteOwnAccountCommand {
  readonly currentPassword: string | undefined;
  readonly expectedVersion: number | undefined;
}

/**
 * Hours. No setting lets a request take so long: what one stored that had been let in before the account was deleted is
 * erased the second time.
 */
const LATE = 2;

/**
 * Deletes the account of whoever asks, for good.
 *
 * - It wants the current password or a recent sign-in, and cannot be asked for with a personal access token.
 * - The last active administrator stays.
 * - Email, names and password are gone at once, all sessions and tokens end, and others may take the email and user name.
 * - What they share with others stays, with no name on it; the rest that they had here is erased soon after.
 * - A mail to the old address says so.
 */
export class DeleteOwnAccount {
  private readonly work: IdentityWork;
  private readonly proof: ProofOfIdentity;
  private readonly clock: Clock;

  constructor(work: IdentityWork, proof: ProofOfIdentity, clock: Clock) {
    this.work = work;
    this.proof = proof;
    this.clock = clock;
  }

  async execute(command: DeleteOwnAccountCommand, by: Principal): Promise<void> {
    requireScope(by, 'profile');
    const { currentPassword, expectedVersion } = command;
    const known = await this.work.run(({ users }) => users.get(by.userId));
    if (!known) throw new InvalidToken();
    await this.proof.require(by, known.passwordHash, currentPassword);
    await this.work.run(
      async repositories => {
        const administrators = await repositories.users.lockAdministrators();
        const user = await repositories.users.lock(by.userId);
        if (!user) throw new InvalidToken();
        requireVersion(user, expectedVersion);
        requireAnotherAdministrator(user, administrators);
        const now = this.clock.now();
        await this.enqueueWhatFollows(user, repositories, now);
        user.delete(now);
        await removeTokens(user, repositories, now);
        await endAllSessions(user.id, repositories, now);
        await repositories.audit.add(done('account.deleted', by), now);
      },
      { retry: expectedVersion === undefined },
    );
  }

  /** While it is known where to write to. */
  private async enqueueWhatFollows(
    { id: userId, email }: User,
    { jobs }: IdentityRepositories,
    now: Date,
  ): Promise<void> {
    const mail: SendAccountDeleted = { type: 'identity.send_account_deleted', email, at: now.toISOString() };
    const erase: EraseAccount = { type: 'identity.erase_account', userId };
    if (!isPlaceholder(email)) await jobs.enqueue(mail);
    await jobs.enqueue(erase);
    await jobs.enqueue(erase, { notBefore: new Date(now.getTime() + LATE * 3_600_000) });
  }
}

/** What others could still use that the person made. */
async function removeTokens({ id }: User, repositories: IdentityRepositories, now: Date): Promise<void> {
  const { accessTokens, mailTokens, socketTickets, invitations, providerAccounts, providerLogouts } =
    repositories;
  for (const token of await accessTokens.of(id)) await accessTokens.remove(token);
  for (const token of await mailTokens.of(id)) await mailTokens.remove(token);
  await socketTickets.keepNewestOf(id, 0);
  await invitations.removeAllBy(id);
  for (const account of await providerAccounts.of(id)) {
    await providerAccounts.remove(account);
    // Who still has a token of the identity provider's would open another account by it.
    await providerLogouts.add(deletionOf(account, now));
  }
}

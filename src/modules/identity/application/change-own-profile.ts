import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { InvalidToken } from '../domain/session-errors.ts';
import type { ProfileChange } from '../domain/user.ts';
import { done } from './audit.ts';
import type { SendEmailChanged, SendVerification } from './jobs.ts';
import type { IdentityWork, UserView } from './ports.ts';
import type { ProofOfIdentity } from './proof-of-identity.ts';

export interface ChangeOwnProfileCommand {
  /** What is left out stays as it is. */
  readonly change: ProfileChange;
  readonly currentPassword: string | undefined;
  readonly expectedVersion: number | undefined;
}

/**
 * Changes the account of whoever asks.
 *
 * - Email and user name are unique, whatever their case; a user name or full name can be taken away.
 * - Another email wants the current password or a recent sign-in, and has to be verified anew. A mail tells the old address
 *   of it, if that was verified: otherwise it may be a stranger's.
 */
export class ChangeOwnProfile {
  private readonly work: IdentityWork;
  private readonly proof: ProofOfIdentity;
  private readonly clock: Clock;

  constructor(work: IdentityWork, proof: ProofOfIdentity, clock: Clock) {
    this.work = work;
    this.proof = proof;
    this.clock = clock;
  }

  async execute(command: ChangeOwnProfileCommand, by: Principal): Promise<UserView> {
    requireScope(by, 'profile');
    const { change, currentPassword, expectedVersion } = command;
    if (change.email !== undefined) await this.requireProof(by, currentPassword);
    return this.work.run(
      async ({ users, jobs, audit }) => {
        const user = await users.get(by.userId);
        if (!user) throw new InvalidToken();
        requireVersion(user, expectedVersion);
        const { email, isVerified } = user;
        user.changeProfile(change, this.clock.now());
        const verification: SendVerification = { type: 'identity.send_verification', userId: user.id };
        if (user.email !== email) {
          await jobs.enqueue(verification);
          const at = user.updatedAt.toISOString();
          const changed: SendEmailChanged = { type: 'identity.send_email_changed', email, at };
          if (isVerified) await jobs.enqueue(changed);
          await audit.add(done('email.changed', by), user.updatedAt);
        }
        return user;
      },
      { retry: expectedVersion === undefined },
    );
  }

  /** Outside of the transaction, because a password takes its time. */
  private async requireProof(by: Principal, currentPassword: string | undefined): Promise<void> {
    const user = await this.work.run(({ users }) => users.get(by.userId));
    if (!user) throw new InvalidToken();
    await this.proof.require(by, user.passwordHash, currentPassword);
  }
}

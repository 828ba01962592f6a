import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { WrongPassword } from '../domain/password-errors.ts';
import {
  normalisePassword,
  type PasswordPolicy,
  requireAcceptablePassword,
} from '../domain/password-policy.ts';
import { InvalidToken } from '../domain/session-errors.ts';
import { done } from './audit.ts';
import { passwordChanged } from './jobs.ts';
import type { IdentityWork, PasswordHasher } from './ports.ts';
import type { ProofOfIdentity } from './proof-of-identity.ts';
import { replacePassword } from './replace-password.ts';

export interface ChangeOwnPasswordCommand {
  readonly currentPassword: string;
  readonly newPassword: string;
}

/**
 * Gives whoever asks another password.
 *
 * - They show the present one.
 * - The new one keeps to the same rules as on registration.
 * - A mail says that the password was changed.
 * - All sessions end, the present one too, and a sign-in with the old password that goes on at the same moment starts
 *   none.
 */
export class ChangeOwnPassword {
  private readonly work: IdentityWork;
  private readonly proof: ProofOfIdentity;
  private readonly policy: PasswordPolicy;
  private readonly hasher: PasswordHasher;
  private readonly clock: Clock;

  constructor(
    work: IdentityWork,
    proof: ProofOfIdentity,
    policy: PasswordPolicy,
    hasher: PasswordHasher,
    clock: Clock,
  ) {
    this.work = work;
    this.proof = proof;
    this.policy = policy;
    this.hasher = hasher;
    this.clock = clock;
  }

  async execute({ currentPassword, newPassword }: ChangeOwnPasswordCommand, by: Principal): Promise<void> {
    requireScope(by, 'profile');
    const user = await this.work.run(({ users }) => users.get(by.userId));
    if (!user) throw new InvalidToken();
    await this.proof.requirePassword(by, user.passwordHash, currentPassword);
    await requireAcceptablePassword(newPassword, user, this.policy, 'new_password');
    const passwordHash = await this.hasher.hash(normalisePassword(newPassword));
    await this.work.run(
      async repositories => {
        const present = await repositories.users.lock(user.id);
        if (present?.passwordHash !== user.passwordHash) throw new WrongPassword();
        const now = this.clock.now();
        await replacePassword(present, passwordHash, repositories, now);
        await repositories.jobs.enqueue(passwordChanged(user.id, now));
        await repositories.audit.add(done('password.changed', by), now);
      },
      { retry: true },
    );
  }
}

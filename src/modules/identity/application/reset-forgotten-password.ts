import type { Clock } from '../../../kernel/clock.ts';
import type { MailToken } from '../domain/mail-token.ts';
import { InvalidMailToken } from '../domain/password-errors.ts';
import {
  normalisePassword,
  type PasswordPolicy,
  requireAcceptablePassword,
} from '../domain/password-policy.ts';
import type { User } from '../domain/user.ts';
import { passwordChanged } from './jobs.ts';
import type { IdentityRepositories, IdentityWork, OneTimeTokens, PasswordHasher } from './ports.ts';
import { replacePassword } from './replace-password.ts';

/**
 * Sets another password with the token of a mail.
 *
 * - The token works once, for an hour, and for the address that it was sent to only.
 * - The new password keeps to the same rules as on registration; one that does not leaves the token good.
 * - All sessions end, and a mail says that the password was changed. Whoever got the token has proved the address.
 */
export class ResetForgottenPassword {
  private readonly work: IdentityWork;
  private readonly tokens: OneTimeTokens;
  private readonly policy: PasswordPolicy;
  private readonly hasher: PasswordHasher;
  private readonly clock: Clock;

  constructor(
    work: IdentityWork,
    tokens: OneTimeTokens,
    policy: PasswordPolicy,
    hasher: PasswordHasher,
    clock: Clock,
  ) {
    this.work = work;
    this.tokens = tokens;
    this.policy = policy;
    this.hasher = hasher;
    this.clock = clock;
  }

  async execute({ token, password }: { readonly token: string; readonly password: string }): Promise<void> {
    const hash = this.tokens.hashOf(token);
    const { user } = await this.work.run(repositories => this.ownerOf(hash, repositories));
    await requireAcceptablePassword(password, user, this.policy);
    const passwordHash = await this.hasher.hash(normalisePassword(password));
    await this.work.run(
      async repositories => {
        const { user: present, mailed } = await this.ownerOf(hash, repositories);
        const now = this.clock.now();
        present.verify(now);
        // Of several who use it at once, one removes it; the rest try again and find it gone.
        await repositories.mailTokens.remove(mailed);
        await replacePassword(present, passwordHash, repositories, now);
        await repositories.jobs.enqueue(passwordChanged(present.id, now));
        const { id } = present;
        const reset = { action: 'password.changed', outcome: 'success', actorId: id, subjectId: id } as const;
        await repositories.audit.add({ ...reset, address: null, details: { by: 'mail' } }, now);
      },
      { retry: true },
    );
  }

  private async ownerOf(
    hash: string,
    { users, mailTokens }: IdentityRepositories,
  ): Promise<{ readonly user: User; readonly mailed: MailToken }> {
    const mailed = await mailTokens.get(hash);
    mailed?.requireGood('reset_password', this.clock.now());
    const user = mailed && (await users.lock(mailed.userId));
    if (!user?.isActive || user.email !== mailed?.email) throw new InvalidMailToken();
    return { user, mailed };
  }
}

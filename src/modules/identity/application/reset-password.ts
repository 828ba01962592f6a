import type { Clock } from '../../../kernel/clock.ts';
import { UserNotFound } from '../domain/account-errors.ts';
import { emailKey } from '../domain/email.ts';
import {
  normalisePassword,
  type PasswordPolicy,
  requireAcceptablePassword,
} from '../domain/password-policy.ts';
import { passwordChanged } from './jobs.ts';
import type { IdentityWork, PasswordHasher, UserView } from './ports.ts';
import { replacePassword } from './replace-password.ts';

/**
 * Gives an account another password, for whoever runs the server.
 *
 * - The new one keeps to the same rules as on registration.
 * - All sessions end, and a mail says that the password was changed.
 */
export class ResetPassword {
  private readonly work: IdentityWork;
  private readonly policy: PasswordPolicy;
  private readonly hasher: PasswordHasher;
  private readonly clock: Clock;

  constructor(work: IdentityWork, policy: PasswordPolicy, hasher: PasswordHasher, clock: Clock) {
    this.work = work;
    this.policy = policy;
    this.hasher = hasher;
    this.clock = clock;
  }

  async execute({
    email,
    password,
  }: {
    readonly email: string;
    readonly password: string;
  }): Promise<UserView> {
    const user = await this.work.run(({ users }) => users.byEmailKey(emailKey(email)));
    if (!user) throw new UserNotFound();
    await requireAcceptablePassword(password, user, this.policy);
    const passwordHash = await this.hasher.hash(normalisePassword(password));
    return this.work.run(
      async repositories => {
        const present = await repositories.users.lock(user.id);
        if (!present) throw new UserNotFound();
        const now = this.clock.now();
        await replacePassword(present, passwordHash, repositories, now);
        await repositories.jobs.enqueue(passwordChanged(user.id, now));
        const reset = { action: 'password.changed', outcome: 'success', subjectId: user.id } as const;
        await repositories.audit.add(
          { ...reset, actorId: null, address: null, details: { by: 'command line' } },
          now,
        );
        return present;
      },
      { retry: true },
    );
  }
}

import { RegistrationClosed } from '../domain/account-errors.ts';
import { opened } from './audit.ts';
import type { SendVerification } from './jobs.ts';
import type { AccountRequest, OpenAccount } from './open-account.ts';
import type { IdentityWork, UserView } from './ports.ts';

/** Who may open an account: everybody, or nobody. */
export type RegistrationPolicy = 'open' | 'closed';

/**
 * Opens an account for whoever asks, as a member.
 *
 * - Only while registration is open.
 * - Email and user name are unique, whatever their case.
 * - The password has at least 8 characters (a setting) and at most 128, of any kind; it is not one of the most
 *   used passwords, and neither the email nor the user name.
 * - A mail asks to verify the address.
 */
export class RegisterUser {
  private readonly policy: RegistrationPolicy;
  private readonly accounts: OpenAccount;
  private readonly work: IdentityWork;

  constructor(policy: RegistrationPolicy, accounts: OpenAccount, work: IdentityWork) {
    this.policy = policy;
    this.accounts = accounts;
    this.work = work;
  }

  async execute(request: AccountRequest): Promise<UserView> {
    if (this.policy === 'closed') throw new RegistrationClosed();
    const user = await this.accounts.prepare(request, 'member');
    const verification: SendVerification = { type: 'identity.send_verification', userId: user.id };
    await this.work.run(async ({ users, jobs, audit }) => {
      await users.add(user);
      await audit.add(opened('account.opened', user, request.address), user.createdAt);
      await jobs.enqueue(verification);
    });
    return user;
  }
}

import { RegistrationClosed } from '../domain/account-errors.ts';
import { MEMBER } from '../domain/role.ts';
import type { AcceptInvitation } from './accept-invitation.ts';
import { opened } from './audit.ts';
import type { SendVerification } from './jobs.ts';
import type { AccountRequest, OpenAccount } from './open-account.ts';
import type { IdentityWork, UserView } from './ports.ts';

/** Who may open an account: everybody, whoever was invited, or nobody. */
export type RegistrationPolicy = 'open' | 'invite' | 'closed';

export interface RegistrationRequest extends AccountRequest {
  /** The token of an invitation. */
  readonly invitation?: string | undefined;
}

/**
 * Opens an account for whoever asks, as a member.
 *
 * - Only while registration is open; with an invitation, which brings a role, also where it is by invitation, and never
 *   where it is closed.
 * - Email and user name are unique, whatever their case.
 * - The password has at least 8 characters (a setting) and at most 128, of any kind; it is not one of the most
 *   used passwords, and neither the email nor the user name.
 * - A mail asks to verify the address, unless an invitation was read there.
 */
export class RegisterUser {
  private readonly policy: RegistrationPolicy;
  private readonly accounts: OpenAccount;
  private readonly invitations: AcceptInvitation;
  private readonly work: IdentityWork;

  constructor(
    policy: RegistrationPolicy,
    accounts: OpenAccount,
    invitations: AcceptInvitation,
    work: IdentityWork,
  ) {
    this.policy = policy;
    this.accounts = accounts;
    this.invitations = invitations;
    this.work = work;
  }

  async execute({ invitation, ...request }: RegistrationRequest): Promise<UserView> {
    if (this.policy === 'closed') throw new RegistrationClosed(this.policy);
    if (invitation !== undefined) return this.invitations.execute({ ...request, invitation });
    if (this.policy === 'invite') throw new RegistrationClosed(this.policy);
    const user = await this.accounts.prepare(request, MEMBER);
    const verification: SendVerification = { type: 'identity.send_verification', userId: user.id };
    await this.work.run(async ({ users, jobs, audit }) => {
      await users.add(user);
      await audit.add(opened('account.opened', user, request.address), user.createdAt);
      await jobs.enqueue(verification);
    });
    return user;
  }
}

import type { Clock } from '../../../kernel/clock.ts';
import { emailKey } from '../domain/email.ts';
import type { Invitation } from '../domain/invitation.ts';
import { InvalidInvitation } from '../domain/invitation-errors.ts';
import { scopesOf } from '../domain/role.ts';
import { opened } from './audit.ts';
import type { AccountRequest, OpenAccount } from './open-account.ts';
import type { IdentityRepositories, IdentityWork, OneTimeTokens, UserView } from './ports.ts';

/**
 * Opens an account for somebody who was invited, with the role of the invitation.
 *
 * - The token works once, for a week (a setting), for the address that it was sent to only, and as long as who sent it may
 *   still give that role.
 * - Whoever shows it has read it there, so the address is verified.
 * - What else is wrong, such as the password, leaves the invitation good.
 */
export class AcceptInvitation {
  private readonly accounts: OpenAccount;
  private readonly work: IdentityWork;
  private readonly tokens: OneTimeTokens;
  private readonly clock: Clock;

  constructor(accounts: OpenAccount, work: IdentityWork, tokens: OneTimeTokens, clock: Clock) {
    this.accounts = accounts;
    this.work = work;
    this.tokens = tokens;
    this.clock = clock;
  }

  /** @throws InvalidInvitation, and as `OpenAccount.prepare` does */
  async execute(request: AccountRequest & { readonly invitation: string }): Promise<UserView> {
    const hash = this.tokens.hashOf(request.invitation);
    const good = (repositories: IdentityRepositories) => this.good(hash, request.email, repositories);
    const { role } = await this.work.run(good);
    const user = await this.accounts.prepare(request, role);
    const now = user.createdAt;
    user.verify(now);
    await this.work.run(
      async repositories => {
        const { users, invitations, audit } = repositories;
        const invitation = await good(repositories);
        // Of several who use it at once, one removes it; the rest try again and find it gone.
        await invitations.remove(invitation);
        await users.add(user);
        await audit.add(opened('account.opened', user, request.address), now);
        const accepted = opened('invitation.accepted', user, request.address);
        await audit.add({ ...accepted, details: { invitation: invitation.id, role } }, now);
      },
      { retry: true },
    );
    return user;
  }

  private async good(
    hash: string,
    email: string,
    { users, roles, invitations }: IdentityRepositories,
  ): Promise<Invitation> {
    const invitation = await invitations.byTokenHash(hash);
    const isTheirs = invitation?.emailKey === emailKey(email);
    if (!invitation?.isGood(this.clock.now()) || !isTheirs) throw new InvalidInvitation();
    const inviter = await users.get(invitation.invitedBy);
    const own = inviter?.isActive ? await roles.get(inviter.role) : undefined;
    // Locked, so that it is not deleted before somebody has it.
    const role = await roles.lock(invitation.role);
    if (!own || !role) throw new InvalidInvitation();
    const reach = scopesOf(own);
    for (const scope of ['users:admin', ...scopesOf(role)] as const)
      if (!reach.has(scope)) throw new InvalidInvitation();
    return invitation;
  }
}

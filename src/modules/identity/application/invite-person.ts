import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { EmailTaken, RegistrationClosed } from '../domain/account-errors.ts';
import { Invitation } from '../domain/invitation.ts';
import type { RoleName } from '../domain/role.ts';
import { UnknownRole } from '../domain/role-errors.ts';
import { done } from './audit.ts';
import type { SendInvitation } from './jobs.ts';
import type { IdentityWork, InvitationView } from './ports.ts';
import type { RegistrationPolicy } from './register-user.ts';
import { requireRoleWithinOwn } from './role-reach.ts';

export interface InvitationOptions {
  readonly registration: RegistrationPolicy;
  /** Seconds. */
  readonly lifetime: number;
}

/**
 * Invites somebody by mail to open an account with a role.
 *
 * - Only administrators of users, and not where registration is closed: nobody could accept.
 * - The role exists, and allows no more than their own; nor did that of an older invitation that this one replaces.
 * - Whoever has an account is not invited.
 * - The token is made when the mail is sent, and kept as a hash.
 */
export class InvitePerson {
  private readonly work: IdentityWork;
  private readonly options: InvitationOptions;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: IdentityWork, options: InvitationOptions, ids: Ids, clock: Clock) {
    this.work = work;
    this.options = options;
    this.ids = ids;
    this.clock = clock;
  }

  async execute(
    { email, role }: { readonly email: string; readonly role: RoleName },
    by: Principal,
  ): Promise<InvitationView> {
    requireScope(by, 'users:admin');
    const { registration, lifetime } = this.options;
    if (registration === 'closed') throw new RegistrationClosed(registration);
    const now = this.clock.now();
    const invitation = new Invitation(this.ids.next(), { email, role, invitedBy: by.userId }, lifetime, now);
    const job: SendInvitation = { type: 'identity.send_invitation', invitationId: invitation.id };
    await this.work.run(
      async ({ users, roles, invitations, jobs, audit }) => {
        if (!(await roles.get(role))) throw new UnknownRole();
        await requireRoleWithinOwn(role, by, roles);
        if (await users.byEmailKey(invitation.emailKey)) throw new EmailTaken();
        await invitations.removeExpired(now);
        const older = await invitations.byEmailKey(invitation.emailKey);
        if (older) {
          await requireRoleWithinOwn(older.role, by, roles);
          await invitations.remove(older);
        }
        await invitations.add(invitation);
        await jobs.enqueue(job);
        await audit.add(done('invitation.sent', by, null, { invitation: invitation.id, role }), now);
      },
      { retry: true },
    );
    return invitation;
  }
}

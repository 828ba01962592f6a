import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { InvitationNotFound } from '../domain/invitation-errors.ts';
import { done } from './audit.ts';
import type { IdentityWork } from './ports.ts';
import { requireRoleWithinOwn } from './role-reach.ts';

/**
 * Withdraws an invitation: its token is good for nothing from then on.
 *
 * - Only administrators of users, and none whose role allows more than their own.
 * - One that was used or is too old is as if there were none.
 */
export class WithdrawInvitation {
  private readonly work: IdentityWork;
  private readonly clock: Clock;

  constructor(work: IdentityWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute(id: string, by: Principal): Promise<void> {
    requireScope(by, 'users:admin');
    await this.work.run(
      async ({ roles, invitations, audit }) => {
        const now = this.clock.now();
        const invitation = await invitations.get(id);
        if (!invitation?.isGood(now)) throw new InvitationNotFound();
        await requireRoleWithinOwn(invitation.role, by, roles);
        await invitations.remove(invitation);
        const details = { invitation: id, role: invitation.role };
        await audit.add(done('invitation.withdrawn', by, null, details), now);
      },
      { retry: true },
    );
  }
}

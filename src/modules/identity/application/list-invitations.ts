import type { Clock } from '../../../kernel/clock.ts';
import type { ListQuery, Page } from '../../../kernel/list.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { InvitationReader, InvitationView } from './ports.ts';

/** Shows administrators of users the invitations that can still be accepted, and never their tokens. */
export class ListInvitations {
  private readonly invitations: InvitationReader;
  private readonly clock: Clock;

  constructor(invitations: InvitationReader, clock: Clock) {
    this.invitations = invitations;
    this.clock = clock;
  }

  async execute(query: ListQuery, by: Principal): Promise<Page<InvitationView>> {
    requireScope(by, 'users:admin');
    const soon = new Date(this.clock.now().getTime() + 1);
    return this.invitations.list({ ...query, where: { live_at: soon } });
  }
}

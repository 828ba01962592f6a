import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import type { InvitationRepository } from '../../application/ports.ts';
import type { Invitation } from '../../domain/invitation.ts';

export class InMemoryInvitationRepository implements InvitationRepository {
  private readonly invitations: CollectionDraft<Invitation>;

  constructor(invitations: CollectionDraft<Invitation>) {
    this.invitations = invitations;
  }

  get(id: string): Promise<Invitation | undefined> {
    return this.invitations.get(id);
  }

  byTokenHash(hash: string): Promise<Invitation | undefined> {
    return this.invitations.holding('invitations_token_hash_key', hash);
  }

  byEmailKey(key: string): Promise<Invitation | undefined> {
    return this.invitations.holding('invitations_email_key_key', key);
  }

  add(invitation: Invitation): Promise<void> {
    return this.invitations.add(invitation);
  }

  remove(invitation: Invitation): Promise<void> {
    return this.invitations.remove(invitation);
  }

  removeExpired(now: Date): Promise<void> {
    return this.removeAll(invitation => !invitation.isGood(now));
  }

  removeAllBy(userId: string): Promise<void> {
    return this.removeAll(({ invitedBy }) => invitedBy === userId);
  }

  private async removeAll(matches: (invitation: Invitation) => boolean): Promise<void> {
    for (const invitation of await this.invitations.filter(matches))
      await this.invitations.remove(invitation);
  }
}

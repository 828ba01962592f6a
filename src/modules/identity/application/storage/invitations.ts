import type { ListQuery, ListSpec, Page } from '../../../../kernel/list.ts';
import type { UserId } from '../../../../kernel/principal.ts';
import type { Invitation } from '../../domain/invitation.ts';

export interface InvitationRepository {
  get(id: string): Promise<Invitation | undefined>;
  byTokenHash(hash: string): Promise<Invitation | undefined>;
  byEmailKey(key: string): Promise<Invitation | undefined>;
  add(invitation: Invitation): Promise<void>;
  remove(invitation: Invitation): Promise<void>;
  removeExpired(now: Date): Promise<void>;
  /** All that one person has sent. */
  removeAllBy(userId: UserId): Promise<void>;
}

/** An invitation as administrators see it. */
export type InvitationView = Pick<
  Invitation,
  'id' | 'email' | 'role' | 'invitedBy' | 'createdAt' | 'expiresAt'
>;

export const INVITATION_LIST = {
  filters: { live_at: { field: 'expiresAt', match: 'from' } },
  sorts: { created_at: 'createdAt' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<InvitationView>;

export interface InvitationReader {
  list(query: ListQuery): Promise<Page<InvitationView>>;
}

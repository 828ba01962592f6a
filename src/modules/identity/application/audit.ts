import type { Principal, UserId } from '../../../kernel/principal.ts';
import type { AuditedAction, AuditRecord } from '../domain/audit-entry.ts';

/** An account that its own person opened. */
export function opened(
  action: 'account.opened' | 'account.linked' | 'administrator.set_up' | 'invitation.accepted',
  { id }: { readonly id: UserId },
  address: string | undefined,
): AuditRecord {
  return { action, outcome: 'success', actorId: id, subjectId: id, address: address ?? null, details: {} };
}

/** What somebody who is signed in did to an account: their own unless another is named, or (null) to none. */
export function done(
  action: AuditedAction,
  by: Principal,
  subjectId: UserId | null = by.userId,
  details: AuditRecord['details'] = {},
): AuditRecord {
  const { userId: actorId, address } = by;
  return { action, outcome: 'success', actorId, subjectId, address, details };
}

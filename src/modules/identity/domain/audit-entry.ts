import type { UserId } from '../../../kernel/principal.ts';

/** What is worth knowing afterwards. */
export const AUDITED = [
  'account.opened',
  'account.linked',
  'account.exported',
  'account.deleted',
  'administrator.set_up',
  'sign_in',
  'session.ended',
  'sessions.ended',
  'refresh_token.reused',
  'password.changed',
  'email.changed',
  'user.changed',
  'invitation.sent',
  'invitation.withdrawn',
  'invitation.accepted',
  'access_token.created',
  'access_token.deleted',
  'role.created',
  'role.changed',
  'role.deleted',
] as const;

export type AuditedAction = (typeof AUDITED)[number];

export type AuditOutcome = 'success' | 'failure';

/** Somebody did something, or tried to. It is never changed, and holds no secret. */
export interface AuditRecord {
  readonly action: AuditedAction;
  readonly outcome: AuditOutcome;
  /** Who did it; null where that is not known. */
  readonly actorId: UserId | null;
  /** Whose account it was about; null where that is not known. */
  readonly subjectId: UserId | null;
  readonly address: string | null;
  /** What else there is to say, such as the role before and after. */
  readonly details: Readonly<Record<string, string | boolean | null>>;
}

export class AuditEntry {
  readonly id: string;
  readonly action: AuditedAction;
  readonly outcome: AuditOutcome;
  readonly actorId: UserId | null;
  readonly subjectId: UserId | null;
  readonly address: string | null;
  /** JSON. */
  readonly details: string;
  readonly createdAt: Date;
  readonly version = 1;

  constructor(id: string, record: AuditRecord, now: Date) {
    this.id = id;
    this.action = record.action;
    this.outcome = record.outcome;
    this.actorId = record.actorId;
    this.subjectId = record.subjectId;
    this.address = record.address;
    this.details = JSON.stringify(record.details);
    this.createdAt = now;
  }
}

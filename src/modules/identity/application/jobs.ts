import type { Job } from '../../../kernel/jobs.ts';
import type { SessionId, UserId } from '../../../kernel/principal.ts';

export interface SendVerification extends Job {
  readonly type: 'identity.send_verification';
  readonly userId: UserId;
}

/** The look-up is the job's, so that asking takes the same time for known and unknown addresses. */
export interface SendPasswordReset extends Job {
  readonly type: 'identity.send_password_reset';
  readonly email: string;
}

export interface SendPasswordChanged extends Job {
  readonly type: 'identity.send_password_changed';
  readonly userId: UserId;
  /** RFC 3339. */
  readonly at: string;
}

/** The account does not know the address any more. */
export interface SendAccountDeleted extends Job {
  readonly type: 'identity.send_account_deleted';
  readonly email: string;
  /** RFC 3339. */
  readonly at: string;
}

export interface EraseAccount extends Job {
  readonly type: 'identity.erase_account';
  readonly userId: UserId;
}

export function passwordChanged(userId: UserId, at: Date): SendPasswordChanged {
  return { type: 'identity.send_password_changed', userId, at: at.toISOString() };
}

/** To the address that the account had before. */
export interface SendEmailChanged extends Job {
  readonly type: 'identity.send_email_changed';
  readonly email: string;
  /** RFC 3339. */
  readonly at: string;
}

export interface SendNewSignIn extends Job {
  readonly type: 'identity.send_new_sign_in';
  readonly sessionId: SessionId;
}

export interface SendInvitation extends Job {
  readonly type: 'identity.send_invitation';
  readonly invitationId: string;
}

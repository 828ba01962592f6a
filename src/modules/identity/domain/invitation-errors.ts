import { DomainError } from '../../../kernel/errors.ts';

/** It never was one, was used, withdrawn, replaced or is too old, was sent to another address, or its role is no more. */
export class InvalidInvitation extends DomainError {
  readonly code = 'identity.invalid_invitation';
  override readonly field = 'invitation';

  constructor() {
    super('This invitation is not good any more, or it was sent to another address. Ask for another one.');
  }
}

export class InvitationNotFound extends DomainError {
  readonly code = 'identity.invitation_not_found';

  constructor() {
    super('There is no such invitation, or it has been used.');
  }
}

export type InvitationErrorCode = (InvalidInvitation | InvitationNotFound)['code'];

import { DomainError } from '../../../kernel/errors.ts';

/** RFC 6749, section 5.2: `invalid_grant`. Says the same for an unknown name and a wrong password. */
export class InvalidGrant extends DomainError {
  readonly code = 'identity.invalid_grant';

  constructor(message: string) {
    super(message);
  }
}

/** RFC 6749, section 5.2: `invalid_scope`. */
export class InvalidScope extends DomainError {
  readonly code = 'identity.invalid_scope';

  constructor() {
    super('None of the scopes that were asked for can be granted.');
  }
}

/** RFC 6749, section 5.2: `unsupported_grant_type`. */
export class UnsupportedGrantType extends DomainError {
  readonly code = 'identity.unsupported_grant_type';

  constructor() {
    super('The grant type must be "password" or "refresh_token".');
  }
}

/** RFC 6750, section 3.1: `invalid_token`. */
export class InvalidToken extends DomainError {
  readonly code = 'identity.invalid_token';

  constructor(options?: ErrorOptions, message = 'The access token is malformed, expired or revoked.') {
    super(message, options);
  }
}

/** It is no token, but is shown in the place of one. */
export class InvalidTicket extends InvalidToken {
  constructor() {
    super({}, 'The ticket is unknown, has been used or is too old. Ask for another one.');
  }
}

export class SessionNotFound extends DomainError {
  readonly code = 'identity.session_not_found';

  constructor() {
    super('There is no such session, or it has ended.');
  }
}

/** What was asked for could lock somebody out, and the sign-in is not recent enough to be sure who asks. */
export class SignInTooOld extends DomainError {
  readonly code = 'identity.sign_in_too_old';

  constructor() {
    super('Sign in again first: this wants a sign-in of the last 10 minutes.');
  }
}

/** Another site made the person's browser send it (CSRF). */
export class CrossSiteRequest extends DomainError {
  readonly code = 'identity.cross_site';

  constructor() {
    super(
      'Another site made your browser send this, so it was not done. If it was a page of this server, its operator has to set PUBLIC_URL to the address that you use.',
    );
  }
}

export type SessionErrorCode = (
  | InvalidGrant
  | InvalidScope
  | UnsupportedGrantType
  | InvalidToken
  | SessionNotFound
  | SignInTooOld
  | CrossSiteRequest
)['code'];

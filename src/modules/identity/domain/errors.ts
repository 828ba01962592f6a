import { DomainError } from '../../../kernel/errors.ts';
import type { AccessTokenErrorCode } from './access-token-errors.ts';

export class EmailTaken extends DomainError {
  readonly code = 'identity.email_taken';
  override readonly field = 'email';

  constructor(options?: ErrorOptions) {
    super('There is an account with this email already.', options);
  }
}

export class UsernameTaken extends DomainError {
  readonly code = 'identity.username_taken';
  override readonly field = 'username';

  constructor(options?: ErrorOptions) {
    super('Somebody has this user name already.', options);
  }
}

export class InvalidEmail extends DomainError {
  readonly code = 'identity.email_invalid';
  override readonly field = 'email';

  constructor() {
    super('This is not an email address.');
  }
}

export class InvalidUsername extends DomainError {
  readonly code = 'identity.username_invalid';
  override readonly field = 'username';

  constructor() {
    super('A user name has 3 to 32 characters of a-z, 0-9, "_", "." and "-".');
  }
}

type PasswordRule = 'identity.password_length' | 'identity.password_common' | 'identity.password_is_name';

export class InvalidPassword extends DomainError {
  readonly code: PasswordRule;
  override readonly field: string;

  constructor(code: PasswordRule, message: string, field = 'password') {
    super(message);
    this.code = code;
    this.field = field;
  }
}

export class RegistrationClosed extends DomainError {
  readonly code = 'identity.registration_closed';

  constructor() {
    super('This server does not take registrations. Ask its administrator for an account.');
  }
}

/** There is an administrator, so nobody can become the first one. */
export class SetupFinished extends DomainError {
  readonly code = 'identity.setup_finished';

  constructor(options?: ErrorOptions) {
    super('The first administrator has been set up already.', options);
  }
}

export class WrongSetupToken extends DomainError {
  readonly code = 'identity.wrong_setup_token';
  override readonly field = 'token';

  constructor() {
    super('This is not the set-up token that the server printed when it started.');
  }
}

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

  constructor(options?: ErrorOptions) {
    super('The access token is malformed, expired or revoked.', options);
  }
}

export class InactiveUser extends DomainError {
  readonly code = 'identity.inactive';

  constructor() {
    super('This account has been deactivated.');
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

export class WrongPassword extends DomainError {
  readonly code = 'identity.wrong_password';
  override readonly field = 'current_password';

  constructor() {
    super('This is not the present password.');
  }
}

export class UserNotFound extends DomainError {
  readonly code = 'identity.user_not_found';

  constructor() {
    super('There is no such account.');
  }
}

export class OwnAccess extends DomainError {
  readonly code = 'identity.own_access';

  constructor() {
    super('Nobody can change their own role or deactivate themselves. Ask another administrator.');
  }
}

export class LastAdministrator extends DomainError {
  readonly code = 'identity.last_administrator';

  constructor() {
    super('This is the last administrator. Make somebody else one first.');
  }
}

export class TooManyAttempts extends DomainError {
  readonly code = 'identity.too_many_attempts';
  /** Seconds. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super('There were too many attempts. Wait a moment, then try again.');
    this.retryAfter = retryAfter;
  }
}

export class InvalidMailToken extends DomainError {
  readonly code = 'identity.invalid_mail_token';
  override readonly field = 'token';

  constructor() {
    super('This link is not good any more. Ask for another mail.');
  }
}

export type IdentityErrorCode =
  | AccessTokenErrorCode
  | (
      | EmailTaken
      | UsernameTaken
      | InvalidEmail
      | InvalidUsername
      | InvalidPassword
      | RegistrationClosed
      | SetupFinished
      | WrongSetupToken
      | InvalidGrant
      | InvalidScope
      | UnsupportedGrantType
      | InvalidToken
      | InactiveUser
      | SessionNotFound
      | SignInTooOld
      | CrossSiteRequest
      | WrongPassword
      | UserNotFound
      | OwnAccess
      | LastAdministrator
      | TooManyAttempts
      | InvalidMailToken
    )['code'];

import { DomainError } from '../../../kernel/errors.ts';

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

export class RegistrationClosed extends DomainError {
  readonly code = 'identity.registration_closed';

  constructor(policy: 'invite' | 'closed') {
    super(
      policy === 'invite'
        ? 'This server takes registrations by invitation only. Ask its administrator for one.'
        : 'This server does not take registrations. Ask its administrator for an account.',
    );
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

export class UserNotFound extends DomainError {
  readonly code = 'identity.user_not_found';

  constructor() {
    super('There is no such account.');
  }
}

export class InactiveUser extends DomainError {
  readonly code = 'identity.inactive';

  constructor() {
    super('This account has been deactivated.');
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

export type AccountErrorCode = (
  | EmailTaken
  | UsernameTaken
  | InvalidEmail
  | InvalidUsername
  | RegistrationClosed
  | SetupFinished
  | WrongSetupToken
  | UserNotFound
  | InactiveUser
  | OwnAccess
  | LastAdministrator
)['code'];

import { DomainError } from '../../../kernel/errors.ts';

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

export class WrongPassword extends DomainError {
  readonly code = 'identity.wrong_password';
  override readonly field = 'current_password';

  constructor() {
    super('This is not the present password.');
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

export type PasswordErrorCode = (
  | InvalidPassword
  | WrongPassword
  | TooManyAttempts
  | InvalidMailToken
)['code'];

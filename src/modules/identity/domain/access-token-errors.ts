import { DomainError } from '../../../kernel/errors.ts';

export class PersonalTokenRefused extends DomainError {
  readonly code = 'identity.personal_token_refused';

  constructor() {
    super('This cannot be done with a personal access token. Sign in.');
  }
}

export class AccessTokenNotFound extends DomainError {
  readonly code = 'identity.access_token_not_found';

  constructor() {
    super('There is no such access token.');
  }
}

export class TooManyAccessTokens extends DomainError {
  readonly code = 'identity.too_many_access_tokens';

  constructor(most: number) {
    super(`Nobody can have more than ${most} access tokens. Delete one that is not used.`);
  }
}

export class ExpiryInThePast extends DomainError {
  readonly code = 'identity.expiry_in_the_past';
  override readonly field = 'expires_at';

  constructor() {
    super('It must be in the future.');
  }
}

export type AccessTokenErrorCode = (
  | PersonalTokenRefused
  | AccessTokenNotFound
  | TooManyAccessTokens
  | ExpiryInThePast
)['code'];

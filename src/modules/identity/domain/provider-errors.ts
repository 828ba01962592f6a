import { DomainError } from '../../../kernel/errors.ts';

/** What was asked for is done where people have their accounts, and not here. */
export class ManagedByProvider extends DomainError {
  readonly code = 'identity.managed_by_keycloak';

  constructor(address: string) {
    super(`Accounts of this server are kept by its identity provider. Go to ${address}`);
  }
}

export class ProviderUnavailable extends DomainError {
  readonly code = 'identity.provider_unavailable';

  constructor(options?: ErrorOptions, detail = 'The identity provider does not answer. Try again later.') {
    super(detail, options);
  }
}

/** The answer of the identity provider to a sign-in is not one that this browser asked for, or says no. */
export class SignInRefused extends DomainError {
  readonly code = 'identity.sign_in_refused';

  constructor(detail: string, options?: ErrorOptions) {
    super(`${detail} Begin again at /api/v1/auth/oidc/login.`, options);
  }
}

/** OpenID Connect Back-Channel Logout 1.0, section 2.6. */
export class InvalidLogoutToken extends DomainError {
  readonly code = 'identity.invalid_logout_token';

  constructor(options?: ErrorOptions) {
    super('The logout token is not one that the identity provider has just made for this server.', options);
  }
}

export type ProviderErrorCode = (
  | ManagedByProvider
  | ProviderUnavailable
  | SignInRefused
  | InvalidLogoutToken
)['code'];

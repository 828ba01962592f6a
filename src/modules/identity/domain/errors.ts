import type { AccessTokenErrorCode } from './access-token-errors.ts';
import type { AccountErrorCode } from './account-errors.ts';
import type { InvitationErrorCode } from './invitation-errors.ts';
import type { PasswordErrorCode } from './password-errors.ts';
import type { ProviderErrorCode } from './provider-errors.ts';
import type { RoleErrorCode } from './role-errors.ts';
import type { SessionErrorCode } from './session-errors.ts';

/** Everything that this context refuses. */
export type IdentityErrorCode =
  | AccessTokenErrorCode
  | AccountErrorCode
  | InvitationErrorCode
  | PasswordErrorCode
  | ProviderErrorCode
  | RoleErrorCode
  | SessionErrorCode;

import { endpointsThrowing, type Method } from '../../../../platform/http/endpoint.ts';
import type { IdentityErrorCode } from '../../domain/errors.ts';

export const identityProblems = {
  'identity.email_taken': 409,
  'identity.username_taken': 409,
  'identity.email_invalid': 422,
  'identity.username_invalid': 422,
  'identity.password_length': 422,
  'identity.password_common': 422,
  'identity.password_is_name': 422,
  'identity.registration_closed': 403,
  'identity.setup_finished': 404,
  'identity.wrong_setup_token': 403,
  'identity.invalid_grant': 400,
  'identity.invalid_scope': 400,
  'identity.unsupported_grant_type': 400,
  'identity.invalid_token': 401,
  'identity.inactive': 400,
  'identity.session_not_found': 404,
  'identity.sign_in_too_old': 403,
  'identity.cross_site': 403,
  'identity.wrong_password': 422,
  'identity.user_not_found': 404,
  'identity.own_access': 403,
  'identity.last_administrator': 409,
  'identity.too_many_attempts': 429,
  'identity.invalid_mail_token': 422,
  'identity.personal_token_refused': 403,
  'identity.access_token_not_found': 404,
  'identity.too_many_access_tokens': 409,
  'identity.expiry_in_the_past': 422,
  'identity.role_name_invalid': 422,
  'identity.role_not_found': 404,
  'identity.role_unknown': 422,
  'identity.role_taken': 409,
  'identity.role_in_use': 409,
  'identity.role_built_in': 409,
  'identity.too_many_roles': 409,
  'identity.role_beyond_own': 403,
  'identity.invalid_invitation': 422,
  'identity.invitation_not_found': 404,
  'identity.managed_by_keycloak': 404,
  'identity.provider_unavailable': 503,
  'identity.sign_in_refused': 400,
  'identity.invalid_logout_token': 400,
} as const satisfies Record<IdentityErrorCode, number>;

/** What an access token is refused for, wherever one is wanted; only what changes something can be forged by another site. */
export function authenticationProblems(method: Method): readonly IdentityErrorCode[] {
  const always: readonly IdentityErrorCode[] = ['identity.invalid_token', 'identity.inactive'];
  return method === 'GET' ? always : [...always, 'identity.cross_site'];
}

export const endpoint = endpointsThrowing<IdentityErrorCode>();

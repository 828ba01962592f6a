import type { Api, Endpoint } from '../../../../platform/http/endpoint.ts';
import { identityApi } from '../http/identity-api.ts';
import { managedElsewhere } from '../http/provider/managed-endpoints.ts';

/** Where people and administrators go instead, below the issuer's address. */
const PLACES = {
  account: '/account',
  registration: '/protocol/openid-connect/registrations',
  reset: '/login-actions/reset-credentials',
  token: '/protocol/openid-connect/token',
  introspection: '/protocol/openid-connect/token/introspect',
  metadata: '/.well-known/openid-configuration',
  keys: '/protocol/openid-connect/certs',
} as const;

type Place = keyof typeof PLACES;

const MANAGED: Readonly<Record<string, Place>> = {
  registerUser: 'registration',
  setUpAdministrator: 'account',
  changeOwnProfile: 'account',
  changeOwnPassword: 'account',
  logIn: 'account',
  refreshLogin: 'account',
  requestPasswordReset: 'reset',
  resetPassword: 'reset',
  requestVerification: 'account',
  verifyEmail: 'account',
  listInvitations: 'account',
  invitePerson: 'account',
  withdrawInvitation: 'account',
  introspectToken: 'introspection',
  readServerMetadata: 'metadata',
  readPublicKeys: 'keys',
};

const PERSONAL_TOKENS: Readonly<Record<string, Place>> = {
  listAccessTokens: 'account',
  createAccessToken: 'account',
  deleteAccessToken: 'account',
};

export interface KeycloakApiOptions {
  readonly issuer: string;
  readonly passwordGrant: boolean;
  readonly personalTokens: boolean;
}

/** What this server offers itself where Keycloak keeps the accounts. */
export function keycloakApi(
  local: readonly Endpoint[],
  own: readonly Endpoint[],
  { issuer, passwordGrant, personalTokens }: KeycloakApiOptions,
): Api {
  const managed: Readonly<Record<string, Place>> = {
    ...MANAGED,
    ...(!passwordGrant && { issueTokens: 'token' as const }),
    ...(!personalTokens && PERSONAL_TOKENS),
  };
  const replaced = new Set(own.map(({ name }) => name));
  const kept = local.filter(({ name }) => !replaced.has(name));
  return identityApi(
    kept.map(endpoint => {
      const place = managed[endpoint.name];
      return place === undefined ? endpoint : managedElsewhere(endpoint, issuer + PLACES[place]);
    }),
    own,
  );
}

import type { ProviderSignIns } from '../http/provider/provider-endpoints.ts';
import type { BegunSignIn, KeycloakClient } from './keycloak-client.ts';
import type { KeycloakSessions } from './keycloak-sessions.ts';
import type { KeycloakTokens } from './keycloak-tokens.ts';

/** What browsers do at Keycloak. */
export function keycloakSignIns(
  client: KeycloakClient,
  sessions: KeycloakSessions,
  tokens: KeycloakTokens,
): ProviderSignIns<BegunSignIn> {
  return {
    begin: () => client.begin(),
    finish: async (query, begun, device) => sessions.begin(await client.finish(query, begun), device),
    forget: token => sessions.revoke(token),
    end: token => sessions.end(token),
    verifyLogout: token => tokens.verifyLogout(token),
  };
}

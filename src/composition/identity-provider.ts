import type { ContainerModuleLoadOptions } from 'inversify';
import { LocalIdentity } from '../modules/identity/adapters/local/local-identity.ts';
import { PersonalTokens } from '../modules/identity/adapters/personal-tokens.ts';
import type { IdentityProvider } from '../modules/identity/application/ports.ts';
import { RefreshSession } from '../modules/identity/application/refresh-session.ts';
import { RevokeToken } from '../modules/identity/application/revoke-token.ts';
import { bindKeycloak, keycloakIdentity } from './keycloak.ts';
import { bind, token } from './token.ts';
import { tokens } from './tokens.ts';

const localIdentity = token<IdentityProvider>('LocalIdentity');
const revokeToken = token<RevokeToken>('RevokeToken');

/** Where people come from, as `IDENTITY_PROVIDER` says. What is not chosen asks nobody and does nothing. */
export function bindIdentityProvider(options: ContainerModuleLoadOptions): void {
  bind(
    options,
    revokeToken,
    ({ work, accessTokens: personalTokens }, refreshTokens, accessTokens, oneTimeTokens, clock) =>
      new RevokeToken(work, { refreshTokens, accessTokens, personalTokens, oneTimeTokens }, clock),
    [tokens.identityStorage, tokens.refreshTokens, tokens.accessTokens, tokens.oneTimeTokens, tokens.clock],
  );
  bind(
    options,
    tokens.personalTokens,
    ({ accessTokens }, once, revoke, clock) => new PersonalTokens(accessTokens, once, revoke, clock),
    [tokens.identityStorage, tokens.oneTimeTokens, revokeToken, tokens.clock],
  );
  bindLocal(options);
  bindKeycloak(options);
  bind(
    options,
    tokens.identityProvider,
    ({ identityProvider }, local, keycloak) => (identityProvider === 'local' ? local : keycloak),
    [tokens.settings, localIdentity, keycloakIdentity],
  );
}

function bindLocal(options: ContainerModuleLoadOptions): void {
  bind(
    options,
    localIdentity,
    (
      { work, sessions },
      personalTokens,
      verified,
      signIn,
      refresh,
      accessTokens,
      revoke,
      lifetimes,
      clock,
    ) => {
      const refreshSession = new RefreshSession(work, sessions, refresh, accessTokens, lifetimes, clock);
      const useCases = { signIn, refreshSession, revokeToken: revoke };
      return new LocalIdentity({ accessTokens, sessions, personalTokens }, verified, useCases, clock);
    },
    [
      tokens.identityStorage,
      tokens.personalTokens,
      tokens.verifiedTokens,
      tokens.signIn,
      tokens.refreshTokens,
      tokens.accessTokens,
      revokeToken,
      tokens.sessionLifetimes,
      tokens.clock,
    ],
  );
}

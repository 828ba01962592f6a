import type { ContainerModuleLoadOptions } from 'inversify';
import {
  type Begun,
  providerEndpoints,
} from '../modules/identity/adapters/http/provider/provider-endpoints.ts';
import { SignInCookie } from '../modules/identity/adapters/http/provider/sign-in-cookie.ts';
import { KeycloakBearer } from '../modules/identity/adapters/keycloak/keycloak-bearer.ts';
import { type BegunSignIn, KeycloakClient } from '../modules/identity/adapters/keycloak/keycloak-client.ts';
import { KeycloakIdentity } from '../modules/identity/adapters/keycloak/keycloak-identity.ts';
import { KeycloakServer } from '../modules/identity/adapters/keycloak/keycloak-server.ts';
import { KeycloakSessions } from '../modules/identity/adapters/keycloak/keycloak-sessions.ts';
import { keycloakSignIns } from '../modules/identity/adapters/keycloak/keycloak-sign-ins.ts';
import { KeycloakTokens } from '../modules/identity/adapters/keycloak/keycloak-tokens.ts';
import { LocalIdentity } from '../modules/identity/adapters/local/local-identity.ts';
import { PersonalTokens } from '../modules/identity/adapters/personal-tokens.ts';
import type { IdentityProvider } from '../modules/identity/application/ports.ts';
import { AcceptLogout } from '../modules/identity/application/provider/accept-logout.ts';
import { BeginProviderSession } from '../modules/identity/application/provider/begin-provider-session.ts';
import { EndBrowserSession } from '../modules/identity/application/provider/end-browser-session.ts';
import { RecognisePerson } from '../modules/identity/application/provider/recognise-person.ts';
import { RenewProviderSession } from '../modules/identity/application/provider/renew-provider-session.ts';
import { RefreshSession } from '../modules/identity/application/refresh-session.ts';
import { RevokeToken } from '../modules/identity/application/revoke-token.ts';
import type { BackgroundService } from '../platform/background-service.ts';
import type { Settings } from '../platform/configuration/settings.ts';
import { API_ROOT, type Endpoint } from '../platform/http/endpoint.ts';
import { RepeatedTask } from '../platform/repeated-task.ts';
import { publicUrlOf } from './public-url.ts';
import { bind, type Token, token } from './token.ts';
import { tokens } from './tokens.ts';

/** Milliseconds. */
const HOUR = 3_600_000;

const personalTokens = token<PersonalTokens>('PersonalTokens');
const localIdentity = token<IdentityProvider>('LocalIdentity');

const keycloak = {
  identity: token<IdentityProvider>('KeycloakIdentity'),
  tokens: token<KeycloakTokens>('KeycloakTokens'),
  client: token<KeycloakClient>('KeycloakClient'),
  bearer: token<KeycloakBearer>('KeycloakBearer'),
  sessions: token<KeycloakSessions>('KeycloakSessions'),
  acceptLogout: token<AcceptLogout>('AcceptLogout'),
  upkeep: token<BackgroundService>('KeycloakUpkeep'),
  forgetLogouts: token<BackgroundService>('ForgetLogouts'),
};

/** What the server offers besides where Keycloak keeps the accounts. */
export const keycloakEndpoints: Token<readonly Endpoint[]> = token('KeycloakEndpoints');

export const providerServices: readonly Token<BackgroundService>[] = [
  keycloak.upkeep,
  keycloak.forgetLogouts,
];

const NOTHING: BackgroundService = { start: async () => undefined, stop: async () => undefined };

/** What works beside the requests where Keycloak keeps the accounts, and only there. */
const whereKeycloak = ({ identityProvider }: Settings, service: () => BackgroundService) =>
  identityProvider === 'keycloak' ? service() : NOTHING;

export function bindIdentityProvider(options: ContainerModuleLoadOptions): void {
  bind(
    options,
    personalTokens,
    ({ accessTokens }, once, clock) => new PersonalTokens(accessTokens, once, clock),
    [tokens.identityStorage, tokens.oneTimeTokens, tokens.clock],
  );
  bindLocal(options);
  bindKeycloak(options);
  bindBrowsersAtKeycloak(options);
  bind(
    options,
    tokens.identityProvider,
    ({ identityProvider }, local, atKeycloak) => (identityProvider === 'local' ? local : atKeycloak),
    [tokens.settings, localIdentity, keycloak.identity],
  );
}

function bindLocal(options: ContainerModuleLoadOptions): void {
  bind(
    options,
    localIdentity,
    (
      { work, sessions, accessTokens },
      personal,
      verified,
      signIn,
      refresh,
      access,
      once,
      lifetimes,
      clock,
    ) => {
      const refreshSession = new RefreshSession(work, sessions, refresh, access, lifetimes, clock);
      const revocable = {
        refreshTokens: refresh,
        accessTokens: access,
        personalTokens: accessTokens,
        oneTimeTokens: once,
      };
      const revokeToken = new RevokeToken(work, revocable, clock);
      const sources = { accessTokens: access, sessions, personalTokens: personal };
      return new LocalIdentity(sources, verified, { signIn, refreshSession, revokeToken }, clock);
    },
    [
      tokens.identityStorage,
      personalTokens,
      tokens.verifiedTokens,
      tokens.signIn,
      tokens.refreshTokens,
      tokens.accessTokens,
      tokens.oneTimeTokens,
      tokens.sessionLifetimes,
      tokens.clock,
    ],
  );
}

function bindKeycloak(options: ContainerModuleLoadOptions): void {
  bind(
    options,
    tokens.keycloakServer,
    ({ oidcIssuer: issuer, oidcClientId: clientId, oidcClientSecret: clientSecret }, log) =>
      new KeycloakServer({ issuer, clientId, clientSecret }, log),
    [tokens.settings, tokens.log],
  );
  bind(
    options,
    keycloak.tokens,
    ({ oidcAudience, oidcClientId, oidcTrustedClients }, server) =>
      new KeycloakTokens(server, {
        audience: oidcAudience || oidcClientId,
        clients: [oidcClientId, ...oidcTrustedClients.split(',')],
      }),
    [tokens.settings, tokens.keycloakServer],
  );
  bind(
    options,
    keycloak.client,
    (settings, server) => {
      const home = publicUrlOf(settings);
      return new KeycloakClient(server, `${home}${API_ROOT}/auth/oidc/callback`, `${home}/`);
    },
    [tokens.settings, tokens.keycloakServer],
  );
  bind(
    options,
    keycloak.bearer,
    ({ oidcIssuer, oidcLinkByEmail }, keycloakTokens, storage, ids, clock) => {
      const linkByEmail = oidcLinkByEmail === 'on';
      const { work, providerAccounts } = storage;
      const recognise = new RecognisePerson(work, providerAccounts, { linkByEmail }, ids, clock);
      return new KeycloakBearer(oidcIssuer, keycloakTokens, storage, recognise);
    },
    [tokens.settings, keycloak.tokens, tokens.identityStorage, tokens.ids, tokens.clock],
  );
  bind(options, keycloak.acceptLogout, ({ work }, clock) => new AcceptLogout(work, clock), [
    tokens.identityStorage,
    tokens.clock,
  ]);
  bind(
    options,
    keycloak.identity,
    ({ accessTokensWithKeycloak }, bearer, sessions, client, personal, verified, clock) => {
      const taken = accessTokensWithKeycloak === 'on' ? personal : undefined;
      return new KeycloakIdentity({ bearer, sessions, client, personal: taken }, verified, clock);
    },
    [
      tokens.settings,
      keycloak.bearer,
      keycloak.sessions,
      keycloak.client,
      personalTokens,
      tokens.verifiedTokens,
      tokens.clock,
    ],
  );
  bind(options, keycloak.upkeep, (settings, server) => whereKeycloak(settings, () => server), [
    tokens.settings,
    tokens.keycloakServer,
  ]);
  bind(
    options,
    keycloak.forgetLogouts,
    (settings, acceptLogout, log) =>
      whereKeycloak(settings, () => {
        const options = { name: 'remove old log-outs of the identity provider', interval: HOUR };
        return new RepeatedTask(signal => acceptLogout.forgetOld(signal), options, log);
      }),
    [tokens.settings, keycloak.acceptLogout, tokens.log],
  );
}

function bindBrowsersAtKeycloak(options: ContainerModuleLoadOptions): void {
  bind(
    options,
    keycloak.sessions,
    ({ sessionTtl }, client, bearer, { work, providerSessions }, secretKey, ids, clock) => {
      const useCases = {
        begin: new BeginProviderSession(work, sessionTtl, ids, clock),
        renew: new RenewProviderSession(work, sessionTtl, clock),
        end: new EndBrowserSession(work, clock),
      };
      return new KeycloakSessions(client, bearer, providerSessions, useCases, secretKey, clock);
    },
    [
      tokens.settings,
      keycloak.client,
      keycloak.bearer,
      tokens.identityStorage,
      tokens.secretKey,
      tokens.ids,
      tokens.clock,
    ],
  );
  bind(
    options,
    keycloakEndpoints,
    (settings, client, sessions, keycloakTokens, acceptLogout, sessionCookies, sameSite, secretKey, clock) =>
      providerEndpoints({
        signIns: keycloakSignIns(client, sessions, keycloakTokens),
        acceptLogout,
        signInCookie: new SignInCookie<Begun<BegunSignIn>>(
          { secure: settings.publicUrl.startsWith('https:') },
          secretKey,
          clock,
        ),
        sessionCookies,
        sameSite,
      }),
    [
      tokens.settings,
      keycloak.client,
      keycloak.sessions,
      keycloak.tokens,
      keycloak.acceptLogout,
      tokens.sessionCookies,
      tokens.sameSite,
      tokens.secretKey,
      tokens.clock,
    ],
  );
}

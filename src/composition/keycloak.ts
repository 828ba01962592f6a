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
import type { IdentityProvider } from '../modules/identity/application/ports.ts';
import { AcceptLogout } from '../modules/identity/application/provider/accept-logout.ts';
import { BeginProviderSession } from '../modules/identity/application/provider/begin-provider-session.ts';
import { EndBrowserSession } from '../modules/identity/application/provider/end-browser-session.ts';
import { RecognisePerson } from '../modules/identity/application/provider/recognise-person.ts';
import { RenewProviderSession } from '../modules/identity/application/provider/renew-provider-session.ts';
import type { BackgroundService } from '../platform/background-service.ts';
import type { Settings } from '../platform/configuration/settings.ts';
import { API_ROOT, type Endpoint } from '../platform/http/endpoint.ts';
import { RepeatedTask } from '../platform/repeated-task.ts';
import { publicUrlOf } from './public-url.ts';
import { bind, type Token, token } from './token.ts';
import { tokens } from './tokens.ts';

/** Milliseconds. */
const HOUR = 3_600_000;

export const keycloakIdentity: Token<IdentityProvider> = token('KeycloakIdentity');

/** What the server offers besides where Keycloak keeps the accounts. */
export const keycloakEndpoints: Token<readonly Endpoint[]> = token('KeycloakEndpoints');

const keycloak = {
  tokens: token<KeycloakTokens>('KeycloakTokens'),
  client: token<KeycloakClient>('KeycloakClient'),
  bearer: token<KeycloakBearer>('KeycloakBearer'),
  sessions: token<KeycloakSessions>('KeycloakSessions'),
  acceptLogout: token<AcceptLogout>('AcceptLogout'),
};

const services = {
  upkeep: token<BackgroundService>('KeycloakUpkeep'),
  forgetLogouts: token<BackgroundService>('ForgetLogouts'),
};

export const keycloakServices: readonly Token<BackgroundService>[] = Object.values(services);

export function bindKeycloak(options: ContainerModuleLoadOptions): void {
  bindServer(options);
  bindRecognition(options);
  bindBrowsers(options);
  bindServices(options);
  bind(
    options,
    keycloakIdentity,
    ({ accessTokensWithKeycloak }, bearer, sessions, client, personalTokens, verified, clock) => {
      const personal = accessTokensWithKeycloak === 'on' ? personalTokens : undefined;
      return new KeycloakIdentity({ bearer, sessions, client, personal }, verified, clock);
    },
    [
      tokens.settings,
      keycloak.bearer,
      keycloak.sessions,
      keycloak.client,
      tokens.personalTokens,
      tokens.verifiedTokens,
      tokens.clock,
    ],
  );
}

function bindServer(options: ContainerModuleLoadOptions): void {
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
        clients: [oidcClientId, ...oidcTrustedClients.split(',').filter(client => client !== '')],
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
}

function bindRecognition(options: ContainerModuleLoadOptions): void {
  bind(options, keycloak.acceptLogout, ({ work }, clock) => new AcceptLogout(work, clock), [
    tokens.identityStorage,
    tokens.clock,
  ]);
  bind(
    options,
    keycloak.bearer,
    ({ oidcIssuer, oidcLinkByEmail }, keycloakTokens, storage, logout, ids, clock) => {
      const linkByEmail = oidcLinkByEmail === 'on';
      const { work, providerAccounts } = storage;
      const recognise = new RecognisePerson(work, providerAccounts, { linkByEmail }, ids, clock);
      return new KeycloakBearer(oidcIssuer, keycloakTokens, storage, { recognise, logout }, clock);
    },
    [
      tokens.settings,
      keycloak.tokens,
      tokens.identityStorage,
      keycloak.acceptLogout,
      tokens.ids,
      tokens.clock,
    ],
  );
}

function bindBrowsers(options: ContainerModuleLoadOptions): void {
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

const NOTHING: BackgroundService = { start: async () => undefined, stop: async () => undefined };

/** What works beside the requests where Keycloak keeps the accounts, and only there. */
const whereKeycloak = ({ identityProvider }: Settings, service: () => BackgroundService) =>
  identityProvider === 'keycloak' ? service() : NOTHING;

function bindServices(options: ContainerModuleLoadOptions): void {
  bind(options, services.upkeep, (settings, server) => whereKeycloak(settings, () => server), [
    tokens.settings,
    tokens.keycloakServer,
  ]);
  bind(
    options,
    services.forgetLogouts,
    (settings, acceptLogout, log) =>
      whereKeycloak(settings, () => {
        const task = { name: 'remove old log-outs of the identity provider', interval: HOUR };
        return new RepeatedTask(signal => acceptLogout.forgetOld(signal), task, log);
      }),
    [tokens.settings, keycloak.acceptLogout, tokens.log],
  );
}

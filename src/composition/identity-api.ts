import type { ContainerModuleLoadOptions } from 'inversify';
import { accessTokenEndpoints } from '../modules/identity/adapters/http/access-token-endpoints.ts';
import { accountEndpoints } from '../modules/identity/adapters/http/account-endpoints.ts';
import { authenticator } from '../modules/identity/adapters/http/authenticator.ts';
import { browserEndpoints } from '../modules/identity/adapters/http/browser-endpoints.ts';
import { DeviceCookie } from '../modules/identity/adapters/http/device-cookie.ts';
import { discoveryEndpoints } from '../modules/identity/adapters/http/discovery-endpoints.ts';
import { identityApi } from '../modules/identity/adapters/http/identity-api.ts';
import { recoveryEndpoints } from '../modules/identity/adapters/http/recovery-endpoints.ts';
import { SameSite } from '../modules/identity/adapters/http/same-site.ts';
import { SessionCookies } from '../modules/identity/adapters/http/session-cookies.ts';
import { sessionEndpoints } from '../modules/identity/adapters/http/session-endpoints.ts';
import { tokenEndpoints } from '../modules/identity/adapters/http/token-endpoints.ts';
import { keycloakApi } from '../modules/identity/adapters/keycloak/keycloak-api.ts';
import { AcceptInvitation } from '../modules/identity/application/accept-invitation.ts';
import { ChangeOwnPassword } from '../modules/identity/application/change-own-password.ts';
import { ChangeOwnProfile } from '../modules/identity/application/change-own-profile.ts';
import { CreateAccessToken } from '../modules/identity/application/create-access-token.ts';
import { DeleteAccessToken } from '../modules/identity/application/delete-access-token.ts';
import { EndOtherSessions } from '../modules/identity/application/end-other-sessions.ts';
import { EndSession } from '../modules/identity/application/end-session.ts';
import { IntrospectToken } from '../modules/identity/application/introspect-token.ts';
import { ListAccessTokens } from '../modules/identity/application/list-access-tokens.ts';
import { ListSessions } from '../modules/identity/application/list-sessions.ts';
import { ProofOfIdentity } from '../modules/identity/application/proof-of-identity.ts';
import { ReadOwnProfile } from '../modules/identity/application/read-own-profile.ts';
import { RegisterUser } from '../modules/identity/application/register-user.ts';
import { RequestPasswordReset } from '../modules/identity/application/request-password-reset.ts';
import { RequestVerification } from '../modules/identity/application/request-verification.ts';
import { ResetForgottenPassword } from '../modules/identity/application/reset-forgotten-password.ts';
import { VerifyEmail } from '../modules/identity/application/verify-email.ts';
import type { Endpoint } from '../platform/http/endpoint.ts';
import { administrationEndpoints, bindIdentityAdministration } from './identity-administration-api.ts';
import { bindIdentityPeople, personalEndpoints } from './identity-people.ts';
import { ticketEndpoints } from './identity-sockets.ts';
import { keycloakEndpoints } from './keycloak.ts';
import { publicUrlOf } from './public-url.ts';
import { bind, token } from './token.ts';
import { tokens } from './tokens.ts';

const endpoints = {
  account: token<readonly Endpoint[]>('AccountEndpoints'),
  recovery: token<readonly Endpoint[]>('RecoveryEndpoints'),
  token: token<readonly Endpoint[]>('TokenEndpoints'),
  browser: token<readonly Endpoint[]>('BrowserEndpoints'),
  accessToken: token<readonly Endpoint[]>('AccessTokenEndpoints'),
  session: token<readonly Endpoint[]>('SessionEndpoints'),
  discovery: token<readonly Endpoint[]>('DiscoveryEndpoints'),
};

const deviceCookie = token<DeviceCookie>('DeviceCookie');

export function bindIdentityApi(options: ContainerModuleLoadOptions): void {
  bindCredentials(options);
  bind(
    options,
    endpoints.account,
    ({ registration }, { work, users }, accounts, setUp, once, policy, hasher, throttle, clock) => {
      const acceptInvitation = new AcceptInvitation(accounts, work, once, clock);
      const proof = new ProofOfIdentity(hasher, throttle, clock);
      return accountEndpoints({
        register: new RegisterUser(registration, accounts, acceptInvitation, work),
        setUp,
        readOwnProfile: new ReadOwnProfile(users),
        changeOwnProfile: new ChangeOwnProfile(work, proof, clock),
        changeOwnPassword: new ChangeOwnPassword(work, proof, policy, hasher, clock),
      });
    },
    [
      tokens.settings,
      tokens.identityStorage,
      tokens.openAccount,
      tokens.setUpAdministrator,
      tokens.oneTimeTokens,
      tokens.passwordPolicy,
      tokens.passwordHasher,
      tokens.credentialThrottle,
      tokens.clock,
    ],
  );
  bindTokenEndpoints(options);
  bind(
    options,
    endpoints.accessToken,
    ({ work, accessTokens }, hasher, throttle, once, ids, clock) => {
      const proof = new ProofOfIdentity(hasher, throttle, clock);
      return accessTokenEndpoints({
        create: new CreateAccessToken(work, proof, once, ids, clock),
        list: new ListAccessTokens(accessTokens),
        remove: new DeleteAccessToken(work, clock),
      });
    },
    [
      tokens.identityStorage,
      tokens.passwordHasher,
      tokens.credentialThrottle,
      tokens.oneTimeTokens,
      tokens.ids,
      tokens.clock,
    ],
  );
  bind(
    options,
    endpoints.recovery,
    ({ work }, once, policy, hasher, clock) =>
      recoveryEndpoints({
        requestReset: new RequestPasswordReset(work),
        reset: new ResetForgottenPassword(work, once, policy, hasher, clock),
        requestVerification: new RequestVerification(work),
        verify: new VerifyEmail(work, once, clock),
      }),
    [
      tokens.identityStorage,
      tokens.oneTimeTokens,
      tokens.passwordPolicy,
      tokens.passwordHasher,
      tokens.clock,
    ],
  );
  bindIdentityPeople(options);
  bindIdentityAdministration(options);
  bindApi(options);
}

function bindApi(options: ContainerModuleLoadOptions): void {
  bind(
    options,
    tokens.identityApi,
    ({ identityProvider, oidcIssuer, oidcPasswordGrant, accessTokensWithKeycloak }, own, ...groups) =>
      identityProvider === 'local'
        ? identityApi(...groups)
        : keycloakApi(groups.flat(), own, {
            issuer: oidcIssuer,
            passwordGrant: oidcPasswordGrant === 'on',
            personalTokens: accessTokensWithKeycloak === 'on',
          }),
    [
      tokens.settings,
      keycloakEndpoints,
      ...Object.values(endpoints),
      ...personalEndpoints,
      ...administrationEndpoints,
      ticketEndpoints,
    ],
  );
}

function bindTokenEndpoints(options: ContainerModuleLoadOptions): void {
  bind(
    options,
    tokens.introspectToken,
    (
      settings,
      { work, users, roles, sessions, accessTokens: personalTokens },
      refresh,
      access,
      once,
      lifetimes,
      clock,
    ) => {
      const known = {
        refreshTokens: refresh,
        accessTokens: access,
        sessions,
        personalTokens,
        oneTimeTokens: once,
      };
      return new IntrospectToken(
        work,
        users,
        roles,
        known,
        { lifetimes, issuer: publicUrlOf(settings) },
        clock,
      );
    },
    [
      tokens.settings,
      tokens.identityStorage,
      tokens.refreshTokens,
      tokens.accessTokens,
      tokens.oneTimeTokens,
      tokens.sessionLifetimes,
      tokens.clock,
    ],
  );
  bind(
    options,
    endpoints.token,
    (provider, introspect, devices, sameSite) => tokenEndpoints({ provider, introspect, devices, sameSite }),
    [tokens.identityProvider, tokens.introspectToken, deviceCookie, tokens.sameSite],
  );
  bind(
    options,
    endpoints.browser,
    (provider, cookies, devices, sameSite) => browserEndpoints({ provider, cookies, devices, sameSite }),
    [tokens.identityProvider, tokens.sessionCookies, deviceCookie, tokens.sameSite],
  );
  bind(
    options,
    endpoints.session,
    ({ work, sessions }, clock) =>
      sessionEndpoints({
        list: new ListSessions(sessions, clock),
        end: new EndSession(work, clock),
        endOthers: new EndOtherSessions(work, clock),
      }),
    [tokens.identityStorage, tokens.clock],
  );
  bind(
    options,
    endpoints.discovery,
    (settings, access) =>
      discoveryEndpoints({ issuer: publicUrlOf(settings), publicKeys: () => access.publicKeys() }),
    [tokens.settings, tokens.accessTokens],
  );
}

/** How a request shows who sends it. */
function bindCredentials(options: ContainerModuleLoadOptions): void {
  bind(
    options,
    tokens.sessionCookies,
    settings =>
      new SessionCookies({
        secure: settings.publicUrl.startsWith('https:'),
        refreshLifetime: settings.sessionIdleTtl,
        longest: settings.sessionTtl,
      }),
    [tokens.settings],
  );
  bind(
    options,
    deviceCookie,
    settings => new DeviceCookie({ secure: settings.publicUrl.startsWith('https:') }),
    [tokens.settings],
  );
  bind(
    options,
    tokens.sameSite,
    settings => new SameSite([publicUrlOf(settings), ...settings.corsOrigins.split(',')]),
    [tokens.settings],
  );
  bind(options, tokens.authenticate, authenticator, [
    tokens.identityProvider,
    tokens.sessionCookies,
    tokens.sameSite,
  ]);
}

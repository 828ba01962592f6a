import { ContainerModule, type ContainerModuleLoadOptions } from 'inversify';
import { Argon2PasswordHasher } from '../modules/identity/adapters/argon2/argon2-password-hasher.ts';
import { EncryptedDeviceTokens } from '../modules/identity/adapters/crypto/encrypted-device-tokens.ts';
import { RandomRefreshTokens } from '../modules/identity/adapters/crypto/random-refresh-tokens.ts';
import { inMemoryIdentity } from '../modules/identity/adapters/memory/in-memory-identity.ts';
import {
  AccessTokenSchema,
  AuditEntrySchema,
  InvitationSchema,
  IssuedTokenSchema,
  MailTokenSchema,
  ProviderAccountSchema,
  ProviderLogoutSchema,
  ProviderSessionSchema,
  RoleSchema,
  SessionSchema,
  SetupSchema,
  SigningKeySchema,
  SocketTicketSchema,
  UserSchema,
} from '../modules/identity/adapters/mikro-orm/identity-schemas.ts';
import { mikroOrmIdentity } from '../modules/identity/adapters/mikro-orm/mikro-orm-identity.ts';
import { identitySteps } from '../modules/identity/adapters/mikro-orm/schema-steps.ts';
import { DatabaseAccessTokens } from '../modules/identity/adapters/opaque/database-access-tokens.ts';
import { PasetoAccessTokens } from '../modules/identity/adapters/paseto/paseto-access-tokens.ts';
import { SigningKeys } from '../modules/identity/adapters/paseto/signing-keys.ts';
import { CommonPasswords } from '../modules/identity/adapters/passwords/common-passwords.ts';
import { RateLimitedCredentials } from '../modules/identity/adapters/throttle/rate-limited-credentials.ts';
import { UnlimitedCredentials } from '../modules/identity/adapters/throttle/unlimited-credentials.ts';
import { VerifiedTokens } from '../modules/identity/adapters/verified-tokens.ts';
import { CreateUser } from '../modules/identity/application/create-user.ts';
import { OpenAccount } from '../modules/identity/application/open-account.ts';
import { ResetPassword } from '../modules/identity/application/reset-password.ts';
import { SetUpAdministrator } from '../modules/identity/application/set-up-administrator.ts';
import { SignIn } from '../modules/identity/application/sign-in.ts';
import { onStorage } from '../platform/storage.ts';
import type { BoundedContext } from './context.ts';
import { bindIdentityApi } from './identity-api.ts';
import { bindIdentityJobs, identityJobs } from './identity-jobs.ts';
import { identityData } from './identity-people.ts';
import { bindIdentityProvider } from './identity-provider.ts';
import { bindIdentitySockets } from './identity-sockets.ts';
import { keycloakServices } from './keycloak.ts';
import { publicUrlOf } from './public-url.ts';
import { bind, bindClass } from './token.ts';
import { tokens } from './tokens.ts';

function bindAdapters(options: ContainerModuleLoadOptions): void {
  bind(options, tokens.identityStorage, storage => onStorage(storage, inMemoryIdentity, mikroOrmIdentity), [
    tokens.storage,
  ]);
  bind(
    options,
    tokens.passwordHasher,
    settings =>
      new Argon2PasswordHasher({
        memory: settings.passwordHashMemory,
        iterations: settings.passwordHashIterations,
        parallelism: settings.passwordHashParallelism,
        concurrency: settings.passwordHashConcurrency,
        queue: settings.passwordHashQueue,
      }),
    [tokens.settings],
  );
  bind(
    options,
    tokens.signingKeys,
    ({ accessTokenTtl }, { work }, secretKey, ids, clock) =>
      new SigningKeys(work, secretKey, ids, clock, accessTokenTtl),
    [tokens.settings, tokens.identityStorage, tokens.secretKey, tokens.ids, tokens.clock],
  );
  bindClass(options, tokens.refreshTokens, RandomRefreshTokens, []);
  bindClass(options, tokens.deviceTokens, EncryptedDeviceTokens, [tokens.secretKey, tokens.clock]);
  bind(
    options,
    tokens.accessTokens,
    (settings, keys, { work, issuedTokens }, clock) =>
      settings.accessTokens === 'paseto'
        ? new PasetoAccessTokens(keys, publicUrlOf(settings), settings.accessTokenTtl, clock)
        : new DatabaseAccessTokens(work, issuedTokens, settings.accessTokenTtl, clock),
    [tokens.settings, tokens.signingKeys, tokens.identityStorage, tokens.clock],
  );
  bind(
    options,
    tokens.credentialThrottle,
    ({ rateLimit }, limits) =>
      rateLimit === 'on' ? new RateLimitedCredentials(limits) : new UnlimitedCredentials(),
    [tokens.settings, tokens.limits],
  );
  bind(
    options,
    tokens.sessionLifetimes,
    settings => ({
      idle: settings.sessionIdleTtl,
      absolute: settings.sessionTtl,
      grace: settings.refreshGrace,
    }),
    [tokens.settings],
  );
  bind(options, tokens.verifiedTokens, ({ tokenCacheSize }) => new VerifiedTokens(tokenCacheSize), [
    tokens.settings,
  ]);
  bind(options, tokens.setupToken, secretKey => secretKey.derivedToken('setup'), [tokens.secretKey]);
}

function bindUseCases(options: ContainerModuleLoadOptions): void {
  bind(
    options,
    tokens.passwordPolicy,
    ({ passwordMinLength: minLength }) => {
      const common = new CommonPasswords(minLength);
      return { minLength, isCommon: password => common.has(password) };
    },
    [tokens.settings],
  );
  bindClass(options, tokens.openAccount, OpenAccount, [
    tokens.passwordPolicy,
    tokens.passwordHasher,
    tokens.ids,
    tokens.clock,
  ]);
  bind(
    options,
    tokens.resetPassword,
    ({ work }, policy, hasher, clock) => new ResetPassword(work, policy, hasher, clock),
    [tokens.identityStorage, tokens.passwordPolicy, tokens.passwordHasher, tokens.clock],
  );
  bind(options, tokens.createUser, (accounts, { work }) => new CreateUser(accounts, work), [
    tokens.openAccount,
    tokens.identityStorage,
  ]);
  bind(
    options,
    tokens.setUpAdministrator,
    (token, accounts, { work }, clock) => new SetUpAdministrator(token, accounts, work, clock),
    [tokens.setupToken, tokens.openAccount, tokens.identityStorage, tokens.clock],
  );
  bind(
    options,
    tokens.signIn,
    ({ work }, hasher, throttle, devices, refresh, access, lifetimes, ids, clock) =>
      new SignIn(work, hasher, throttle, devices, refresh, access, lifetimes, ids, clock),
    [
      tokens.identityStorage,
      tokens.passwordHasher,
      tokens.credentialThrottle,
      tokens.deviceTokens,
      tokens.refreshTokens,
      tokens.accessTokens,
      tokens.sessionLifetimes,
      tokens.ids,
      tokens.clock,
    ],
  );
}

export const identityContext: BoundedContext = {
  module: new ContainerModule(options => {
    bindAdapters(options);
    bindUseCases(options);
    bindIdentityProvider(options);
    bindIdentitySockets(options);
    bindIdentityJobs(options);
    bindIdentityApi(options);
  }),
  schema: {
    entities: [
      UserSchema,
      SessionSchema,
      AccessTokenSchema,
      AuditEntrySchema,
      IssuedTokenSchema,
      MailTokenSchema,
      SocketTicketSchema,
      InvitationSchema,
      RoleSchema,
      SetupSchema,
      SigningKeySchema,
      ProviderAccountSchema,
      ProviderSessionSchema,
      ProviderLogoutSchema,
    ],
    steps: identitySteps,
    views: { people: ['users'], active_people: ['users'] },
  },
  api: tokens.identityApi,
  jobs: identityJobs,
  services: [tokens.revocationWatch, ...keycloakServices],
  personalData: identityData,
};

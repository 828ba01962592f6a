import { ContainerModule, type ContainerModuleLoadOptions } from 'inversify';
import { Argon2PasswordHasher } from '../modules/identity/adapters/argon2/argon2-password-hasher.ts';
import { RandomOpaqueTokens } from '../modules/identity/adapters/crypto/random-opaque-tokens.ts';
import { identityApi } from '../modules/identity/adapters/http/identity-endpoints.ts';
import { LocalIdentity } from '../modules/identity/adapters/local/local-identity.ts';
import { inMemoryIdentity } from '../modules/identity/adapters/memory/in-memory-identity.ts';
import {
  SessionSchema,
  SetupSchema,
  SigningKeySchema,
  UserSchema,
} from '../modules/identity/adapters/mikro-orm/identity-schemas.ts';
import { mikroOrmIdentity } from '../modules/identity/adapters/mikro-orm/mikro-orm-identity.ts';
import { identitySteps } from '../modules/identity/adapters/mikro-orm/schema-steps.ts';
import { PasetoAccessTokens } from '../modules/identity/adapters/paseto/paseto-access-tokens.ts';
import { SigningKeys } from '../modules/identity/adapters/paseto/signing-keys.ts';
import { CommonPasswords } from '../modules/identity/adapters/passwords/common-passwords.ts';
import { CreateUser } from '../modules/identity/application/create-user.ts';
import { OpenAccount } from '../modules/identity/application/open-account.ts';
import { ReadOwnProfile } from '../modules/identity/application/read-own-profile.ts';
import { RefreshSession } from '../modules/identity/application/refresh-session.ts';
import { RegisterUser } from '../modules/identity/application/register-user.ts';
import { SetUpAdministrator } from '../modules/identity/application/set-up-administrator.ts';
import { SignIn } from '../modules/identity/application/sign-in.ts';
import { onStorage } from '../platform/storage.ts';
import type { BoundedContext } from './context.ts';
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
      }),
    [tokens.settings],
  );
  bind(options, tokens.signingKeys, ({ work }, ...rest) => new SigningKeys(work, ...rest), [
    tokens.identityStorage,
    tokens.secretKey,
    tokens.ids,
    tokens.clock,
  ]);
  bindClass(options, tokens.opaqueTokens, RandomOpaqueTokens, []);
  bind(
    options,
    tokens.accessTokens,
    (settings, keys, clock) =>
      new PasetoAccessTokens(keys, publicUrlOf(settings), settings.accessTokenTtl, clock),
    [tokens.settings, tokens.signingKeys, tokens.clock],
  );
  bind(options, tokens.setupToken, secretKey => secretKey.derivedToken('setup'), [tokens.secretKey]);
}

function bindUseCases(options: ContainerModuleLoadOptions): void {
  bind(
    options,
    tokens.openAccount,
    ({ passwordMinLength: minLength }, hasher, ids, clock) => {
      const common = new CommonPasswords(minLength);
      return new OpenAccount({ minLength, isCommon: password => common.has(password) }, hasher, ids, clock);
    },
    [tokens.settings, tokens.passwordHasher, tokens.ids, tokens.clock],
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
    tokens.identityProvider,
    (settings, { work, users }, hasher, opaque, access, ids, clock) => {
      const lifetimes = { idle: settings.sessionIdleTtl, absolute: settings.sessionTtl };
      const signIn = new SignIn(work, hasher, opaque, access, lifetimes, ids, clock);
      const refresh = new RefreshSession(work, opaque, access, lifetimes, clock);
      return new LocalIdentity(access, users, signIn, refresh, clock, settings.tokenCacheSize);
    },
    [
      tokens.settings,
      tokens.identityStorage,
      tokens.passwordHasher,
      tokens.opaqueTokens,
      tokens.accessTokens,
      tokens.ids,
      tokens.clock,
    ],
  );
  bind(
    options,
    tokens.identityApi,
    ({ registration }, accounts, { work, users }, setUp, provider) =>
      identityApi({
        register: new RegisterUser(registration, accounts, work),
        setUp,
        readOwnProfile: new ReadOwnProfile(users),
        provider,
      }),
    [
      tokens.settings,
      tokens.openAccount,
      tokens.identityStorage,
      tokens.setUpAdministrator,
      tokens.identityProvider,
    ],
  );
}

export const identityContext: BoundedContext = {
  module: new ContainerModule(options => {
    bindAdapters(options);
    bindUseCases(options);
  }),
  schema: { entities: [UserSchema, SessionSchema, SetupSchema, SigningKeySchema], steps: identitySteps },
  api: tokens.identityApi,
};

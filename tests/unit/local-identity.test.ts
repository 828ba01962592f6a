import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { LocalIdentity } from '../../src/modules/identity/adapters/local/local-identity.ts';
import type { AccessTokens, UserReader } from '../../src/modules/identity/application/ports.ts';
import { RefreshSession } from '../../src/modules/identity/application/refresh-session.ts';
import { SignIn } from '../../src/modules/identity/application/sign-in.ts';
import { InvalidToken } from '../../src/modules/identity/domain/errors.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { openAccount, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';

const LIFETIMES = { idle: 60, absolute: 600 };

describe('the local identity provider', () => {
  let application: TestApplication;
  let clock: TestClock;
  /** How often the token was really verified, and the account really read. */
  let looks: { verified: number; read: number };

  beforeEach(async () => {
    clock = new TestClock();
    looks = { verified: 0, read: 0 };
    application = await testApplication('memory', {}, [override(tokens.clock, clock)]);
    await openAccount(application, 'alice', 'admin');
  });

  const change = (fields: Partial<User>) =>
    application.get(tokens.identityStorage).work.run(async ({ users }) => {
      Object.assign((await users.byUsername('alice')) ?? {}, fields);
    });

  /** A provider of another process, with an empty cache. */
  function provider(cacheSize = 100): LocalIdentity {
    const { work, users } = application.get(tokens.identityStorage);
    const [hasher, opaque] = [application.get(tokens.passwordHasher), application.get(tokens.opaqueTokens)];
    const real = application.get(tokens.accessTokens);
    const access: AccessTokens = {
      issue: claims => real.issue(claims),
      verify(token) {
        looks.verified += 1;
        return real.verify(token);
      },
    };
    const reader: UserReader = {
      find(id) {
        looks.read += 1;
        return users.find(id);
      },
    };
    const start = new SignIn(work, hasher, opaque, access, LIFETIMES, application.get(tokens.ids), clock);
    const refresh = new RefreshSession(work, opaque, access, LIFETIMES, clock);
    return new LocalIdentity(access, reader, start, refresh, clock, cacheSize);
  }

  it('verifies a token once while it is good', async () => {
    const { accessToken } = await signIn(application, 'alice');
    const local = provider();
    const first = await local.verify(accessToken);
    clock.advance(899);
    expect(await local.verify(accessToken)).toBe(first);
    expect(looks).toEqual({ verified: 1, read: 1 });
  });

  it('does not serve a token from its cache once that has expired', async () => {
    const { accessToken } = await signIn(application, 'alice');
    const local = provider();
    await local.verify(accessToken);
    clock.advance(960);
    await expect(local.verify(accessToken)).rejects.toThrow(InvalidToken);
    expect(looks.verified).toBe(2);
  });

  it('does not remember a token that was refused', async () => {
    const local = provider();
    await expect(local.verify('nonsense')).rejects.toThrow(InvalidToken);
    await expect(local.verify('nonsense')).rejects.toThrow(InvalidToken);
    expect(looks.verified).toBe(2);
  });

  it('forgets the token that was used the longest time ago when its cache is full', async () => {
    const [one, other] = [await signIn(application, 'alice'), await signIn(application, 'alice')];
    const local = provider(1);
    await local.verify(one.accessToken);
    await local.verify(other.accessToken);
    await local.verify(one.accessToken);
    expect(looks.verified).toBe(3);
  });

  it('tells tokens apart that differ in their last character only', async () => {
    const { accessToken } = await signIn(application, 'alice');
    const local = provider();
    await local.verify(accessToken);
    const last = accessToken.endsWith('A') ? 'B' : 'A';
    await expect(local.verify(accessToken.slice(0, -1) + last)).rejects.toThrow(InvalidToken);
  });

  it('narrows the scopes of a token to those of the role by then', async () => {
    const { accessToken } = await signIn(application, 'alice', { scopes: ['todos', 'users:admin'] });
    await change({ role: 'member' });
    const principal = await provider().verify(accessToken);
    expect([...principal.scopes]).toEqual(['todos']);
    expect(principal.roles).toEqual(['member']);
  });

  it('does not widen the scopes of a token when the role gets more', async () => {
    await openAccount(application, 'bob');
    const { accessToken } = await signIn(application, 'bob', { scopes: ['todos'] });
    await application.get(tokens.identityStorage).work.run(async ({ users }) => {
      Object.assign((await users.byUsername('bob')) ?? {}, { role: 'admin' });
    });
    expect([...(await provider().verify(accessToken)).scopes]).toEqual(['todos']);
  });

  it('refuses the token of an account that is not there', async () => {
    const { token } = await application
      .get(tokens.accessTokens)
      .issue({ userId: 'nobody', sessionId: 'session', scopes: ['todos'] });
    await expect(provider().verify(token)).rejects.toThrow(InvalidToken);
  });

  it('gives out tokens for a password and for a refresh token', async () => {
    const local = provider();
    const grant = { type: 'password', login: 'alice', password: 'correct horse battery', scopes: ['todos'] };
    const first = await local.grant({ ...grant, type: 'password', device: { name: null, address: null } });
    const second = await local.grant({ type: 'refresh_token', refreshToken: first.refreshToken, scopes: [] });
    expect(second.scopes).toEqual(['todos']);
    expect(await local.verify(second.accessToken)).toMatchObject({ roles: ['admin'] });
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { LocalIdentity } from '../../src/modules/identity/adapters/local/local-identity.ts';
import { PersonalTokens } from '../../src/modules/identity/adapters/personal-tokens.ts';
import { UnlimitedCredentials } from '../../src/modules/identity/adapters/throttle/unlimited-credentials.ts';
import { VerifiedTokens } from '../../src/modules/identity/adapters/verified-tokens.ts';
import type { AccessTokens, SessionReader } from '../../src/modules/identity/application/ports.ts';
import { RefreshSession } from '../../src/modules/identity/application/refresh-session.ts';
import { RevokeToken } from '../../src/modules/identity/application/revoke-token.ts';
import { SignIn } from '../../src/modules/identity/application/sign-in.ts';
import { InactiveUser } from '../../src/modules/identity/domain/account-errors.ts';
import { InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { PASSWORD } from '../support/client.ts';
import { LIFETIMES } from '../support/sessions.ts';
import { identify, openAccount, refresh, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';

const PASSWORD_GRANT = {
  type: 'password',
  login: 'alice',
  password: PASSWORD,
  scopes: [],
  device: { name: null, address: null },
} as const;

describe('the local identity provider', () => {
  let application: TestApplication;
  let clock: TestClock;
  let aliceId: string;
  /** How often the token was really verified, and the session really read. */
  let looks: { verified: number; read: number };
  let beforeReadEnds: () => Promise<void>;
  let verified: VerifiedTokens;

  beforeEach(async () => {
    clock = new TestClock();
    looks = { verified: 0, read: 0 };
    beforeReadEnds = async () => undefined;
    application = await testApplication('memory', {}, [override(tokens.clock, clock)]);
    aliceId = (await openAccount(application, 'alice', 'admin')).id;
  });

  const change = (fields: Partial<User>) =>
    application.get(tokens.identityStorage).work.run(async ({ users }) => {
      Object.assign((await users.byUsername('alice')) ?? {}, fields);
    });

  /** A provider of another process, that remembers nothing yet and knows of all revocations, or of none. */
  function provider({ cacheSize = 100, confirmed = true } = {}): LocalIdentity {
    const { work, sessions } = application.get(tokens.identityStorage);
    const refreshTokens = application.get(tokens.refreshTokens);
    const real = application.get(tokens.accessTokens);
    const access: AccessTokens = {
      issue: claims => real.issue(claims),
      verify(token) {
        looks.verified += 1;
        return real.verify(token);
      },
      publicKeys: () => real.publicKeys(),
    };
    const reader: SessionReader = {
      list: query => sessions.list(query),
      async access(id) {
        looks.read += 1;
        const found = await sessions.access(id);
        await beforeReadEnds();
        return found;
      },
    };
    const [hasher, ids] = [application.get(tokens.passwordHasher), application.get(tokens.ids)];
    const useCases = {
      signIn: new SignIn(
        work,
        hasher,
        new UnlimitedCredentials(),
        application.get(tokens.deviceTokens),
        refreshTokens,
        access,
        LIFETIMES,
        ids,
        clock,
      ),
      refreshSession: new RefreshSession(
        work,
        application.get(tokens.identityStorage).sessions,
        refreshTokens,
        access,
        LIFETIMES,
        clock,
      ),
      revokeToken: new RevokeToken(
        work,
        {
          refreshTokens,
          accessTokens: access,
          personalTokens: application.get(tokens.identityStorage).accessTokens,
          oneTimeTokens: application.get(tokens.oneTimeTokens),
        },
        clock,
      ),
    };
    verified = new VerifiedTokens(cacheSize);
    if (confirmed) verified.confirm(performance.now() + 60_000);
    const { accessTokens: stored } = application.get(tokens.identityStorage);
    const personalTokens = new PersonalTokens(
      stored,
      application.get(tokens.oneTimeTokens),
      useCases.revokeToken,
      clock,
    );
    const sources = { accessTokens: access, sessions: reader, personalTokens };
    return new LocalIdentity(sources, verified, useCases, clock);
  }

  it('verifies a token once while it is good', async () => {
    const { accessToken } = await signIn(application, 'alice');
    const local = provider();
    const first = await local.verify(accessToken);
    clock.advance(899);
    expect(await local.verify(accessToken)).toBe(first);
    expect(looks).toEqual({ verified: 1, read: 1 });
  });

  it('tells until when a token is good, whether or not it remembers it', async () => {
    const { accessToken } = await signIn(application, 'alice');
    const expiresAt = clock.now().getTime() + 900_000;
    const local = provider();
    expect(await local.verify(accessToken)).toMatchObject({ expiresAt });
    clock.advance(100);
    expect(await local.verify(accessToken)).toMatchObject({ expiresAt });
    expect(looks.verified).toBe(1);
  });

  it('verifies a token every time while it is not sure to know of all revocations', async () => {
    const { accessToken } = await signIn(application, 'alice');
    const local = provider({ confirmed: false });
    for (let time = 0; time < 3; time += 1) await local.verify(accessToken);
    expect(looks).toEqual({ verified: 3, read: 3 });
  });

  it('does not serve a token from its cache once that has expired', async () => {
    const { accessToken } = await signIn(application, 'alice');
    const local = provider();
    await local.verify(accessToken);
    clock.advance(960);
    await expect(local.verify(accessToken)).rejects.toThrow(InvalidToken);
    expect(looks.verified).toBe(2);
  });

  it('does not serve a token from its cache once its session has expired', async () => {
    const brief = await provider().grant(PASSWORD_GRANT);
    const local = provider();
    clock.advance(59.999);
    await local.verify(brief.accessToken);
    clock.advance(0.001);
    await expect(local.verify(brief.accessToken)).rejects.toThrow(InvalidToken);
  });

  it('goes on with the same token when its session was refreshed', async () => {
    const brief = await provider().grant(PASSWORD_GRANT);
    const local = provider();
    await local.verify(brief.accessToken);
    clock.advance(50);
    await local.grant({ type: 'refresh_token', refreshToken: brief.refreshToken, scopes: [] });
    clock.advance(20);
    expect(await local.verify(brief.accessToken)).toMatchObject({ principal: { roles: ['admin'] } });
  });

  it('refuses the token of an ended session, which it forgets when it is told', async () => {
    const { accessToken, refreshToken } = await signIn(application, 'alice');
    const local = provider();
    const { userId, sessionId } = (await local.verify(accessToken)).principal;
    await local.revoke(refreshToken);
    verified.forget({ userId, sessionId });
    await expect(local.verify(accessToken)).rejects.toThrow(InvalidToken);
  });

  it('does not remember what was revoked while it looked', async () => {
    const { accessToken, refreshToken } = await signIn(application, 'alice');
    const { userId, sessionId } = await identify(application, accessToken);
    const local = provider();
    beforeReadEnds = async () => {
      await local.revoke(refreshToken);
      verified.forget({ userId, sessionId });
    };
    await local.verify(accessToken);
    beforeReadEnds = async () => undefined;
    await expect(local.verify(accessToken)).rejects.toThrow(InvalidToken);
  });

  it('does not remember a token that was refused', async () => {
    const local = provider();
    await expect(local.verify('nonsense')).rejects.toThrow(InvalidToken);
    await expect(local.verify('nonsense')).rejects.toThrow(InvalidToken);
    expect(looks.verified).toBe(2);
  });

  it('forgets the token that was used the longest time ago when its cache is full', async () => {
    const [one, other] = [await signIn(application, 'alice'), await signIn(application, 'alice')];
    const local = provider({ cacheSize: 1 });
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

  it('tells when the person signed in, however often the session was refreshed since', async () => {
    const signedInAt = clock.now();
    const first = await signIn(application, 'alice');
    clock.advance(100);
    const second = await refresh(application, first.refreshToken);
    expect(await provider().verify(second.accessToken)).toMatchObject({ principal: { signedInAt } });
  });

  it('narrows the scopes of a token to those of the role by then', async () => {
    const { accessToken } = await signIn(application, 'alice', { scopes: ['todos', 'users:admin'] });
    await change({ role: 'member' });
    const { principal } = await provider().verify(accessToken);
    expect([...principal.scopes]).toEqual(['todos']);
    expect(principal.roles).toEqual(['member']);
  });

  it('does not widen the scopes of a token when the role gets more', async () => {
    await openAccount(application, 'bob');
    const { accessToken } = await signIn(application, 'bob', { scopes: ['todos'] });
    await application.get(tokens.identityStorage).work.run(async ({ users }) => {
      Object.assign((await users.byUsername('bob')) ?? {}, { role: 'admin' });
    });
    expect([...(await provider().verify(accessToken)).principal.scopes]).toEqual(['todos']);
  });

  it('refuses the token of a session that is not there', async () => {
    const { token } = await application
      .get(tokens.accessTokens)
      .issue({ userId: aliceId, sessionId: 'session', scopes: ['todos'] });
    await expect(provider().verify(token)).rejects.toThrow(InvalidToken);
  });

  it('refuses the token of a deactivated account', async () => {
    const { accessToken } = await signIn(application, 'alice');
    await change({ isActive: false });
    await expect(provider().verify(accessToken)).rejects.toThrow(InactiveUser);
  });

  it('takes no token whose session is somebody else’s', async () => {
    const { accessToken } = await signIn(application, 'alice');
    const { sessionId } = await identify(application, accessToken);
    const { token } = await application
      .get(tokens.accessTokens)
      .issue({ userId: 'somebody else', sessionId, scopes: ['todos'] });
    await expect(provider().verify(token)).rejects.toThrow(InvalidToken);
  });

  it('gives out tokens for a password and for a refresh token', async () => {
    const local = provider();
    const first = await local.grant({ ...PASSWORD_GRANT, scopes: ['todos'] });
    const second = await local.grant({ type: 'refresh_token', refreshToken: first.refreshToken, scopes: [] });
    expect(second.scopes).toEqual(['todos']);
    expect(await local.verify(second.accessToken)).toMatchObject({ principal: { roles: ['admin'] } });
  });
});

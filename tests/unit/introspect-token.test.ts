import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { MissingScope } from '../../src/kernel/errors.ts';
import { SCOPES } from '../../src/kernel/principal.ts';
import type { TokenSet } from '../../src/modules/identity/application/ports.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { principal, without } from '../support/people.ts';
import { identify, openAccount, refresh, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';

const ADMIN = principal('admin', ['users:admin']);

describe('introspecting a token', () => {
  let application: TestApplication;
  let clock: TestClock;
  let aliceId: string;
  let tokenSet: TokenSet;
  let sessionId: string;

  beforeEach(async () => {
    clock = new TestClock();
    const settings = { sessionIdleTtl: 1000, accessTokenTtl: 100 };
    application = await testApplication('memory', settings, [override(tokens.clock, clock)]);
    aliceId = (await openAccount(application, 'alice', 'admin')).id;
    tokenSet = await signIn(application, 'alice', { scopes: ['todos', 'users:admin'] });
    ({ sessionId } = await identify(application, tokenSet.accessToken));
  });

  const introspect = (token: string, by = ADMIN) =>
    application.get(tokens.introspectToken).execute(token, by);
  const both = async ({ accessToken, refreshToken } = tokenSet) => [
    await introspect(accessToken),
    await introspect(refreshToken),
  ];
  const change = (fields: Partial<User>) =>
    application.get(tokens.identityStorage).work.run(async ({ users }) => {
      Object.assign((await users.get(aliceId)) ?? {}, fields);
    });

  it('tells whose it is, where it came from, what it is good for and until when', async () => {
    const signedInAt = clock.now();
    const known = {
      userId: aliceId,
      username: 'alice',
      sessionId,
      scopes: ['todos', 'users:admin'],
      issuedAt: signedInAt,
      issuer: 'http://atrium.test',
    };
    const later = (seconds: number) => new Date(signedInAt.getTime() + seconds * 1000);
    expect(await both()).toEqual([
      { ...known, type: 'access', expiresAt: later(100) },
      { ...known, type: 'refresh', expiresAt: later(1000) },
    ]);
  });

  it('tells when each token was made, not when its person signed in', async () => {
    clock.advance(50);
    const later = await refresh(application, tokenSet.refreshToken);
    const issuedAt = clock.now();
    expect(await both(later)).toMatchObject([{ issuedAt }, { issuedAt }]);
  });

  it('names by the email who has no user name', async () => {
    await change({ username: null });
    expect(await both()).toMatchObject([
      { username: 'alice@example.org' },
      { username: 'alice@example.org' },
    ]);
  });

  it('leaves out the scopes that the role does not allow any more', async () => {
    await change({ role: 'member' });
    expect(await both()).toMatchObject([{ scopes: ['todos'] }, { scopes: ['todos'] }]);
  });

  it('tells of a narrowed access token its own scopes, and of its refresh token the whole session’s', async () => {
    const narrow = await refresh(application, tokenSet.refreshToken, ['todos']);
    expect(await both(narrow)).toMatchObject([{ scopes: ['todos'] }, { scopes: ['todos', 'users:admin'] }]);
  });

  it('takes a used refresh token for none, even within the grace time, and does not end the session for it', async () => {
    const second = await refresh(application, tokenSet.refreshToken);
    expect(await introspect(tokenSet.refreshToken)).toBeUndefined();
    clock.advance(11);
    expect(await introspect(tokenSet.refreshToken)).toBeUndefined();
    expect(await introspect(second.refreshToken)).toMatchObject({ type: 'refresh', sessionId });
  });

  it('takes every token of an ended session for none', async () => {
    await application.get(tokens.identityProvider).revoke(tokenSet.accessToken);
    expect(await both()).toEqual([undefined, undefined]);
  });

  it('takes every token of a deactivated account for none', async () => {
    await change({ isActive: false });
    expect(await both()).toEqual([undefined, undefined]);
  });

  it('takes a token for none once it has expired', async () => {
    clock.advance(106);
    expect(await both()).toMatchObject([undefined, { type: 'refresh' }]);
    clock.advance(1000);
    expect(await both()).toEqual([undefined, undefined]);
  });

  it('takes an access token without a session for none', async () => {
    const { token } = await application
      .get(tokens.accessTokens)
      .issue({ userId: aliceId, sessionId: 'no session', scopes: ['todos'] });
    expect(await introspect(token)).toBeUndefined();
  });

  it.each(['', 'nonsense', 'v4.public.nonsense', `atr_${'A'.repeat(43)}.${'B'.repeat(43)}`])(
    'takes %j for none',
    async token => {
      expect(await introspect(token)).toBeUndefined();
    },
  );

  it('is for who administrates users only, whatever the token', async () => {
    const by = principal(aliceId, without('users:admin'));
    for (const token of [tokenSet.accessToken, tokenSet.refreshToken, 'nonsense'])
      await expect(introspect(token, by)).rejects.toThrow(MissingScope);
    expect(await introspect(tokenSet.accessToken, principal('any', SCOPES))).toBeDefined();
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { StorageUnavailable } from '../../src/kernel/errors.ts';
import type { AccessRevoked } from '../../src/modules/identity/application/events.ts';
import { RevokeToken } from '../../src/modules/identity/application/revoke-token.ts';
import { InvalidGrant, InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { revocationEvents, revocationsAfter } from '../support/revocations.ts';
import { identify, openAccount, refresh, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';

describe('revoking a token', () => {
  let application: TestApplication;
  let clock: TestClock;
  let events: AccessRevoked[];

  beforeEach(async () => {
    clock = new TestClock();
    const settings = { sessionIdleTtl: 1000, accessTokenTtl: 100 };
    application = await testApplication('memory', settings, [override(tokens.clock, clock)]);
    events = revocationEvents(application);
    await openAccount(application, 'alice');
  });

  const verify = (token: string) => identify(application, token);
  const revoke = (token: string) => application.get(tokens.identityProvider).revoke(token);

  it.each<[string, (first: string, second: string, access: string) => string]>([
    ['the present refresh token', (_, second) => second],
    ['a used refresh token', first => first],
    ['an access token', (_, __, access) => access],
  ])('ends the session of %s, and no other', async (_, choose) => {
    const other = await signIn(application, 'alice');
    const first = await signIn(application, 'alice');
    const second = await refresh(application, first.refreshToken);
    const { userId, sessionId } = await verify(first.accessToken);
    await revoke(choose(first.refreshToken, second.refreshToken, first.accessToken));
    await expect(verify(second.accessToken)).rejects.toThrow(InvalidToken);
    await expect(refresh(application, second.refreshToken)).rejects.toThrow(InvalidGrant);
    expect(events).toEqual([{ type: 'identity.access_revoked', userId, sessionId }]);
    expect(await revocationsAfter(application, 0)).toEqual([{ sequence: 1, userId, sessionId }]);
    await expect(verify(other.accessToken)).resolves.toBeDefined();
    await expect(refresh(application, other.refreshToken)).resolves.toBeDefined();
  });

  it.each(['', 'nonsense', 'v4.public.nonsense', `atr_${'A'.repeat(43)}.${'B'.repeat(43)}`, '\0'])(
    'changes nothing where it is %j',
    async token => {
      const { refreshToken } = await signIn(application, 'alice');
      await expect(revoke(token)).resolves.toBeUndefined();
      expect(events).toEqual([]);
      await expect(refresh(application, refreshToken)).resolves.toBeDefined();
    },
  );

  it('changes nothing where it has expired', async () => {
    const { accessToken, refreshToken } = await signIn(application, 'alice');
    clock.advance(106);
    await revoke(accessToken);
    await expect(refresh(application, refreshToken)).resolves.toBeDefined();
    clock.advance(1000);
    await revoke(refreshToken);
    expect(events).toEqual([]);
  });

  it('changes nothing the second time', async () => {
    const { accessToken, refreshToken } = await signIn(application, 'alice');
    for (const token of [refreshToken, refreshToken, accessToken]) await revoke(token);
    expect(events).toHaveLength(1);
  });

  it('fails where the token cannot be verified just now', async () => {
    const { work } = application.get(tokens.identityStorage);
    const failing = {
      ...application.get(tokens.accessTokens),
      verify: () => Promise.reject(new StorageUnavailable()),
    };
    const revokeToken = new RevokeToken(
      work,
      {
        refreshTokens: application.get(tokens.refreshTokens),
        accessTokens: failing,
        personalTokens: application.get(tokens.identityStorage).accessTokens,
        oneTimeTokens: application.get(tokens.oneTimeTokens),
      },
      clock,
    );
    await expect(revokeToken.execute('v4.public.any')).rejects.toThrow(StorageUnavailable);
  });
});

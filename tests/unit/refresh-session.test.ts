import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { TokenSet } from '../../src/modules/identity/application/ports.ts';
import {
  InvalidGrant,
  InvalidScope,
  InvalidToken,
} from '../../src/modules/identity/domain/session-errors.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { revocationEvents, revocationsAfter } from '../support/revocations.ts';
import { identify, openAccount, refresh, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';

describe('refreshing a session', () => {
  let application: TestApplication;
  let clock: TestClock;

  beforeEach(async () => {
    clock = new TestClock();
    application = await testApplication('memory', { sessionIdleTtl: 60, sessionTtl: 150 }, [
      override(tokens.clock, clock),
    ]);
    await openAccount(application, 'alice', 'admin');
  });

  const verify = (token: string) => identify(application, token);
  const storedSession = (id: string) =>
    application.get(tokens.identityStorage).work.run(({ sessions }) => sessions.get(id));

  const change = (fields: Partial<User>) =>
    application.get(tokens.identityStorage).work.run(async ({ users }) => {
      Object.assign((await users.byUsername('alice')) ?? {}, fields);
    });

  it('gives a new access token and a successor, of the same session', async () => {
    const first = await signIn(application, 'alice');
    const second = await refresh(application, first.refreshToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(second.scopes).toEqual(first.scopes);
    expect((await verify(second.accessToken)).sessionId).toBe((await verify(first.accessToken)).sessionId);
  });

  it('gives the same successor to another tab that comes within the grace time', async () => {
    const { refreshToken } = await signIn(application, 'alice');
    const first = await refresh(application, refreshToken);
    clock.advance(10);
    const second = await refresh(application, refreshToken);
    expect(second.refreshToken).toBe(first.refreshToken);
    expect((await verify(second.accessToken)).sessionId).toBe((await verify(first.accessToken)).sessionId);
    await expect(refresh(application, second.refreshToken)).resolves.toBeDefined();
  });

  it('gives one successor to ten that use the refresh token at once', async () => {
    const { refreshToken } = await signIn(application, 'alice');
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(application, refreshToken)));
    expect(new Set(answers.map(answer => answer.refreshToken)).size).toBe(1);
  });

  const uses = {
    'after the grace time': async (first: TokenSet) => {
      await refresh(application, first.refreshToken);
      clock.advance(10.001);
    },
    'once its successor was used': async (first: TokenSet) => {
      const second = await refresh(application, first.refreshToken);
      await refresh(application, second.refreshToken);
    },
  };

  it.each(Object.entries(uses))('ends the session when a used refresh token is shown %s', async (_, use) => {
    const events = revocationEvents(application);
    const first = await signIn(application, 'alice');
    const { sessionId, userId } = await verify(first.accessToken);
    await use(first);
    await expect(refresh(application, first.refreshToken)).rejects.toThrow(InvalidGrant);
    expect(await storedSession(sessionId)).toMatchObject({ expiresAt: clock.now(), sealedSuccessor: null });
    await expect(verify(first.accessToken)).rejects.toThrow(InvalidToken);
    expect(events).toEqual([{ type: 'identity.access_revoked', userId, sessionId }]);
    expect(await revocationsAfter(application, 0)).toEqual([{ sequence: 1, userId, sessionId }]);
  });

  it('leaves the successor of an ended session worth nothing, and other sessions as they are', async () => {
    const [stolen, other] = [await signIn(application, 'alice'), await signIn(application, 'alice')];
    const successor = await refresh(application, stolen.refreshToken);
    clock.advance(11);
    await expect(refresh(application, stolen.refreshToken)).rejects.toThrow(InvalidGrant);
    await expect(refresh(application, successor.refreshToken)).rejects.toThrow(InvalidGrant);
    await expect(verify(successor.accessToken)).rejects.toThrow(InvalidToken);
    await expect(refresh(application, other.refreshToken)).resolves.toBeDefined();
  });

  it('does not bring an ended session back where the clock of another process is behind', async () => {
    const first = await signIn(application, 'alice');
    clock.advance(1);
    const second = await refresh(application, first.refreshToken);
    await application.get(tokens.identityProvider).revoke(first.refreshToken);
    clock.advance(-0.1);
    for (const { refreshToken } of [first, second])
      await expect(refresh(application, refreshToken)).rejects.toThrow(InvalidGrant);
    clock.advance(0.1);
    await expect(verify(second.accessToken)).rejects.toThrow(InvalidToken);
  });

  it('ends a session once, however often its used refresh tokens are shown', async () => {
    const events = revocationEvents(application);
    const { refreshToken } = await signIn(application, 'alice');
    await refresh(application, refreshToken);
    clock.advance(11);
    for (let time = 0; time < 3; time += 1)
      await expect(refresh(application, refreshToken)).rejects.toThrow(InvalidGrant);
    expect(events).toHaveLength(1);
  });

  it('ends the session for a forged token of its family', async () => {
    const { refreshToken } = await signIn(application, 'alice');
    const forged = application.get(tokens.refreshTokens).successorOf(refreshToken).token;
    await expect(refresh(application, forged)).rejects.toThrow(InvalidGrant);
    await expect(refresh(application, refreshToken)).rejects.toThrow(InvalidGrant);
  });

  it('keeps the successor so that only the token before it opens it', async () => {
    const first = await signIn(application, 'alice');
    const { refreshToken } = await refresh(application, first.refreshToken);
    const { sessionId } = await verify(first.accessToken);
    const session = await storedSession(sessionId);
    expect(JSON.stringify(session)).not.toContain(refreshToken.split('.')[1]);
    const opened = application
      .get(tokens.refreshTokens)
      .open(session?.sealedSuccessor ?? '', first.refreshToken);
    expect(opened).toBe(refreshToken);
  });

  const UNKNOWN = `atr_${'A'.repeat(43)}.${'B'.repeat(43)}`;

  it.each(['', 'unknown', UNKNOWN, 'x'.repeat(100_000), '\0'])(
    'fails with the unknown token %j',
    async token => {
      await expect(refresh(application, token)).rejects.toThrow(InvalidGrant);
    },
  );

  it('fails with an access token', async () => {
    const { accessToken } = await signIn(application, 'alice');
    await expect(refresh(application, accessToken)).rejects.toThrow(InvalidGrant);
  });

  it('fails after the idle time, and goes on within it', async () => {
    const first = await signIn(application, 'alice');
    clock.advance(59);
    const second = await refresh(application, first.refreshToken);
    clock.advance(60);
    await expect(refresh(application, second.refreshToken)).rejects.toThrow(InvalidGrant);
  });

  it('fails after the absolute end, however often it was used', async () => {
    let { refreshToken } = await signIn(application, 'alice');
    for (let round = 0; round < 2; round += 1) {
      clock.advance(50);
      ({ refreshToken } = await refresh(application, refreshToken));
    }
    clock.advance(50);
    await expect(refresh(application, refreshToken)).rejects.toThrow(InvalidGrant);
  });

  it('narrows the access token, and leaves the session as wide as it was', async () => {
    const first = await signIn(application, 'alice', { scopes: ['todos', 'chat'] });
    const narrow = await refresh(application, first.refreshToken, ['todos', 'posts:write']);
    expect(narrow.scopes).toEqual(['todos']);
    expect([...(await verify(narrow.accessToken)).scopes]).toEqual(['todos']);
    const wide = await refresh(application, narrow.refreshToken);
    expect(wide.scopes).toEqual(['todos', 'chat']);
  });

  it('is refused where nothing of the session was asked for, and the refresh token stays good', async () => {
    const { refreshToken } = await signIn(application, 'alice', { scopes: ['todos'] });
    await expect(refresh(application, refreshToken, ['chat'])).rejects.toThrow(InvalidScope);
    clock.advance(11);
    await expect(refresh(application, refreshToken)).resolves.toMatchObject({ scopes: ['todos'] });
  });

  it('gives no more than the role allows by then', async () => {
    const first = await signIn(application, 'alice', { scopes: ['todos', 'users:admin'] });
    await change({ role: 'member' });
    expect(await refresh(application, first.refreshToken)).toMatchObject({ scopes: ['todos'] });
  });

  it('fails once the account is deactivated', async () => {
    const { refreshToken } = await signIn(application, 'alice');
    await change({ isActive: false });
    await expect(refresh(application, refreshToken)).rejects.toThrow(InvalidGrant);
  });
});

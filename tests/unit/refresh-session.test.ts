import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { InvalidGrant, InvalidScope } from '../../src/modules/identity/domain/errors.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { openAccount, refresh, signIn } from '../support/sign-in.ts';
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

  const verify = (token: string) => application.get(tokens.identityProvider).verify(token);
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

  it('works once with each refresh token', async () => {
    const { refreshToken } = await signIn(application, 'alice');
    const second = await refresh(application, refreshToken);
    await expect(refresh(application, refreshToken)).rejects.toThrow(InvalidGrant);
    await expect(refresh(application, second.refreshToken)).resolves.toBeDefined();
  });

  it('works for one of ten that use the refresh token at once', async () => {
    const { refreshToken } = await signIn(application, 'alice');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => refresh(application, refreshToken)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(InvalidGrant);
  });

  it.each(['', 'unknown', 'x'.repeat(100_000), '\0'])('fails with the unknown token', async token => {
    await expect(refresh(application, token)).rejects.toThrow(InvalidGrant);
  });

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

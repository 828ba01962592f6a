import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { InvalidText } from '../../src/kernel/errors.ts';
import { scopesOf } from '../../src/modules/identity/domain/role.ts';
import { InvalidGrant, InvalidScope } from '../../src/modules/identity/domain/session-errors.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { identify, openAccount, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';

describe('signing in', () => {
  let application: TestApplication;
  let clock: TestClock;
  let aliceId: string;

  beforeEach(async () => {
    clock = new TestClock();
    application = await testApplication('memory', { sessionIdleTtl: 60, sessionTtl: 600 }, [
      override(tokens.clock, clock),
    ]);
    aliceId = (await openAccount(application, 'alice')).id;
  });

  const sessionOf = (refreshToken: string) => {
    const familyHash = application.get(tokens.refreshTokens).read(refreshToken)?.familyHash ?? '';
    return application
      .get(tokens.identityStorage)
      .work.run(({ sessions }) => sessions.byFamilyHash(familyHash));
  };
  const verify = (token: string) => identify(application, token);

  it.each(['alice', 'ALICE', 'alice@example.org', 'Alice@Example.ORG'])('works as %j', async login => {
    const answer = await signIn(application, login);
    expect(answer).toMatchObject({ expiresIn: 900, scopes: [...scopesOf({ id: 'member', scope: null })] });
    expect(await verify(answer.accessToken)).toMatchObject({ userId: aliceId, roles: ['member'] });
  });

  it('works with a password of ten years ago, which nobody is made to change', async () => {
    clock.advance(10 * 365 * 86_400);
    expect((await signIn(application, 'alice')).expiresIn).toBe(900);
  });

  it('starts a session that knows the hashes of the refresh token only', async () => {
    const device = { name: 'Laptop', address: '192.0.2.1' };
    const { accessToken, refreshToken } = await signIn(application, 'alice', { scopes: ['todos'], device });
    const session = await sessionOf(refreshToken);
    expect(session).toMatchObject({
      userId: aliceId,
      scopes: ['todos'],
      deviceName: 'Laptop',
      address: '192.0.2.1',
      usedTokenHash: null,
      sealedSuccessor: null,
      createdAt: clock.now(),
      expiresAt: new Date(clock.now().getTime() + 60_000),
    });
    for (const part of refreshToken.slice('atr_'.length).split('.'))
      expect(JSON.stringify(session)).not.toContain(part);
    expect(await verify(accessToken)).toMatchObject({ sessionId: session?.id, signedInAt: clock.now() });
  });

  it('gives other tokens every time', async () => {
    const [one, other] = [await signIn(application, 'alice'), await signIn(application, 'alice')];
    expect(one.refreshToken).not.toBe(other.refreshToken);
    expect((await verify(one.accessToken)).sessionId).not.toBe((await verify(other.accessToken)).sessionId);
  });

  it.each([
    ['nobody', undefined],
    ['nobody@example.org', undefined],
    ['', undefined],
    ['alice', 'wrong horse battery'],
    ['alice', ''],
    ['alice', 'Correct horse battery'],
    ['alice', 'correct horse battery '],
    ['alice', 'x'.repeat(100_000)],
    ['alice\0', undefined],
  ])('fails alike for the login %j and the password %j', async (login, password) => {
    const attempt = signIn(application, login, { ...(password !== undefined && { password }) });
    await expect(attempt).rejects.toThrow(InvalidGrant);
    await expect(attempt).rejects.toThrow('Incorrect email or password');
  });

  it('fails alike for a deactivated account', async () => {
    await application.get(tokens.identityStorage).work.run(async ({ users }) => {
      Object.assign((await users.get(aliceId)) ?? {}, { isActive: false });
    });
    await expect(signIn(application, 'alice')).rejects.toThrow('Incorrect email or password');
  });

  it('takes a password in another form of the same letters', async () => {
    const request = { email: 'bob@example.org', password: 'fine café au lait', role: 'member' } as const;
    await application.get(tokens.createUser).execute(request);
    const answer = await signIn(application, 'bob@example.org', { password: 'fine cafe\u0301 au lait' });
    expect(answer.accessToken).toMatch(/^v4\.public\./);
  });

  it('grants the scopes that were asked for and the role allows', async () => {
    const answer = await signIn(application, 'alice', { scopes: ['todos', 'users:admin', 'unknown'] });
    expect(answer.scopes).toEqual(['todos']);
    expect([...(await verify(answer.accessToken)).scopes]).toEqual(['todos']);
  });

  it('is refused when the role allows none of the scopes', async () => {
    await expect(signIn(application, 'alice', { scopes: ['users:admin'] })).rejects.toThrow(InvalidScope);
  });

  it('says that the password is wrong before anything about scopes', async () => {
    const attempt = signIn(application, 'alice', { password: 'wrong', scopes: ['users:admin'] });
    await expect(attempt).rejects.toThrow(InvalidGrant);
  });

  it.each(['', 'x'.repeat(101)])('is refused on a device called %j', async name => {
    const attempt = signIn(application, 'alice', { device: { name, address: null } });
    await expect(attempt).rejects.toThrow(InvalidText);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContainer } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { InvalidGrant, InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { openAccount, refresh, signIn } from '../support/sign-in.ts';

describe.each(STORAGES)('refreshing at once on %s', storage => {
  let application: TestApplication;

  beforeAll(async () => {
    application = await testApplication(storage);
    await openAccount(application, 'alice');
  });
  afterAll(() => application.close());

  const provider = () => application.get(tokens.identityProvider);
  const times = <T>(count: number, work: () => Promise<T>) => Array.from({ length: count }, work);

  it('gives one successor to fifty with one refresh token, and the session goes on', async () => {
    const { refreshToken } = await signIn(application, 'alice');
    const answers = await Promise.all(times(50, () => refresh(application, refreshToken)));
    const successors = new Set(answers.map(answer => answer.refreshToken));
    expect(successors.size).toBe(1);
    for (const { accessToken } of answers)
      await expect(provider().verify(accessToken)).resolves.toBeDefined();
    const [successor = ''] = successors;
    const next = await refresh(application, successor);
    expect(next.refreshToken).not.toBe(successor);
    await expect(refresh(application, next.refreshToken)).resolves.toBeDefined();
  });

  it('goes on in every session of a person', async () => {
    const sessions = await Promise.all(times(20, () => signIn(application, 'alice')));
    const answers = await Promise.all(sessions.map(({ refreshToken }) => refresh(application, refreshToken)));
    expect(new Set(answers.map(({ refreshToken }) => refreshToken)).size).toBe(20);
  });

  it('never brings back a session that is ended meanwhile', async () => {
    for (let round = 0; round < 5; round += 1) {
      const first = await signIn(application, 'alice');
      const [, ...outcomes] = await Promise.allSettled([
        provider().revoke(first.refreshToken),
        ...times(10, () => refresh(application, first.refreshToken)),
      ]);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(InvalidGrant);
        else await expect(refresh(application, outcome.value.refreshToken)).rejects.toThrow(InvalidGrant);
      }
      await expect(refresh(application, first.refreshToken)).rejects.toThrow(InvalidGrant);
      await expect(provider().verify(first.accessToken)).rejects.toThrow(InvalidToken);
    }
  });

  it('ends a session once when a used refresh token is shown ten times', async () => {
    const { refreshToken } = await signIn(application, 'alice');
    const second = await refresh(application, refreshToken);
    await refresh(application, second.refreshToken);
    const { revocations } = application.get(tokens.identityStorage);
    const before = await revocations.latest();
    const outcomes = await Promise.allSettled(times(10, () => refresh(application, refreshToken)));
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(InvalidGrant) });
    expect(await revocations.after(before)).toHaveLength(1);
  });
});

describe.each(['sqlite', 'postgresql'] as const)('refreshing at once in two servers on one %s', storage => {
  it('gives one successor to fifty with one refresh token, and the session goes on', async () => {
    const application = await testApplication(storage);
    const other = await createContainer(application.settings);
    await openAccount(application, 'alice');
    const { refreshToken } = await signIn(application, 'alice');
    const servers = Array.from({ length: 50 }, (_, number) => (number % 2 === 0 ? application : other));
    const answers = await Promise.allSettled(servers.map(server => refresh(server, refreshToken)));
    const successors = new Set(
      answers.map(answer => answer.status === 'fulfilled' && answer.value.refreshToken),
    );
    const [successor] = successors;
    const next = successor ? await refresh(other, successor) : undefined;
    await other.close();
    await application.close();
    expect(successors.size).toBe(1);
    expect(next?.refreshToken).toEqual(expect.any(String));
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { SCOPES, type Scope } from '../../src/kernel/principal.ts';
import type { IdentityWork } from '../../src/modules/identity/application/ports.ts';
import { type Device, Session } from '../../src/modules/identity/domain/session.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { DIFFICULT_TEXTS, DIFFICULT_TIMES } from '../support/texts.ts';

const LIFETIMES = { idle: 60, absolute: 600 };

describe.each(STORAGES)('the storage of sessions on %s', storage => {
  let application: TestApplication;
  let work: IdentityWork;
  let user: User;

  beforeAll(async () => {
    application = await testApplication(storage);
    work = application.get(tokens.identityStorage).work;
    user = await storedUser(application);
  });
  afterAll(() => application.close());

  async function storedSession(
    hash: string,
    device: Device = { name: null, address: null },
    scopes: readonly Scope[] = ['todos'],
    now = BIRTH,
  ): Promise<Session> {
    const id = application.get(tokens.ids).next();
    const session = new Session(id, { userId: user.id, scopes, device }, hash, LIFETIMES, now);
    await work.run(({ sessions }) => sessions.add(session));
    return session;
  }

  const holding = (hash: string) => work.run(({ sessions }) => sessions.byRefreshTokenHash(hash));

  it('keeps every field', async () => {
    const session = await storedSession('every field', { name: 'Laptop', address: '2001:db8::1' }, SCOPES);
    const found = await holding('every field');
    expect(found).toBeInstanceOf(Session);
    expect(found).not.toBe(session);
    expect({ ...found }).toEqual({
      id: session.id,
      userId: user.id,
      scopes: [...SCOPES],
      refreshTokenHash: 'every field',
      deviceName: 'Laptop',
      address: '2001:db8::1',
      createdAt: BIRTH,
      lastUsedAt: BIRTH,
      expiresAt: new Date(BIRTH.getTime() + 60_000),
      version: 1,
    });
  });

  it('keeps nulls and an empty list of scopes', async () => {
    await storedSession('nulls', { name: null, address: null }, []);
    expect(await holding('nulls')).toMatchObject({ deviceName: null, address: null, scopes: [] });
  });

  it.each(DIFFICULT_TEXTS)('keeps the device name %j', async name => {
    await storedSession(`device ${name}`, { name, address: null });
    expect(await holding(`device ${name}`)).toMatchObject({ deviceName: name });
  });

  it.each(DIFFICULT_TIMES)('keeps the time %s', async time => {
    const hash = `time ${time}`;
    await storedSession(hash, undefined, undefined, new Date(new Date(time).getTime() - 60_000));
    expect((await holding(hash))?.expiresAt.toISOString()).toBe(time);
  });

  it('finds a session by its present refresh token only', async () => {
    const { id } = await storedSession('first');
    const later = new Date(BIRTH.getTime() + 30_000);
    await work.run(async ({ sessions }) =>
      (await sessions.byRefreshTokenHash('first'))?.rotate('second', LIFETIMES, later),
    );
    expect(await holding('first')).toBeUndefined();
    expect(await holding('second')).toMatchObject({
      id,
      createdAt: BIRTH,
      lastUsedAt: later,
      expiresAt: new Date(later.getTime() + 60_000),
      version: 2,
    });
  });

  it('keeps the scopes as they were when a session is only read', async () => {
    await storedSession('only read', undefined, ['todos', 'chat']);
    await holding('only read');
    expect(await holding('only read')).toMatchObject({ scopes: ['todos', 'chat'], version: 1 });
  });

  it('finds nothing under an unknown token', async () => {
    expect(await holding('unknown')).toBeUndefined();
    expect(await holding('')).toBeUndefined();
  });

  it('lets one of several rotations of one refresh token win', async () => {
    await storedSession('contested');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, number) =>
        work.run(async ({ sessions }) => {
          const session = await sessions.byRefreshTokenHash('contested');
          if (!session) throw new Error('It was used already.');
          session.rotate(`successor ${number}`, LIFETIMES, BIRTH);
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(await holding(`successor ${winner}`)).toMatchObject({ version: 2 });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { SCOPES } from '../../src/kernel/principal.ts';
import type { IdentityWork } from '../../src/modules/identity/application/ports.ts';
import { Session } from '../../src/modules/identity/domain/session.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { LIFETIMES, newSession } from '../support/sessions.ts';
import { DIFFICULT_TEXTS, DIFFICULT_TIMES } from '../support/texts.ts';

const at = (seconds: number) => new Date(BIRTH.getTime() + seconds * 1000);

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

  async function stored(change: Parameters<typeof newSession>[1] = {}, owner = user): Promise<Session> {
    const session = newSession(owner.id, change);
    await work.run(({ sessions }) => sessions.add(session));
    return session;
  }

  const ofFamily = (hash: string) => work.run(({ sessions }) => sessions.byFamilyHash(hash));
  const change = (id: string, how: (session: Session) => void) =>
    work.run(async ({ sessions }) => {
      const session = await sessions.get(id);
      if (session) how(session);
    });

  it('keeps every field', async () => {
    const device = { name: 'Laptop', address: '2001:db8::1' };
    const hashes = { familyHash: 'every field', refreshTokenHash: 'first' };
    const session = await stored({ ...hashes, device, network: '2001:db8:0:0', scopes: SCOPES });
    const found = await ofFamily('every field');
    expect(found).toBeInstanceOf(Session);
    expect(found).not.toBe(session);
    expect({ ...found }).toEqual({
      id: session.id,
      userId: user.id,
      scopes: [...SCOPES],
      ...hashes,
      usedTokenHash: null,
      sealedSuccessor: null,
      deviceName: 'Laptop',
      address: '2001:db8::1',
      network: '2001:db8:0:0',
      isAnnounced: false,
      createdAt: BIRTH,
      lastUsedAt: BIRTH,
      expiresAt: at(60),
      version: 1,
    });
  });

  it('keeps what a rotation changes, and nothing else', async () => {
    const session = await stored({ refreshTokenHash: 'first' });
    await change(session.id, found => found.rotate({ hash: 'second', sealed: 'sealed' }, LIFETIMES, at(30)));
    expect({ ...(await ofFamily(session.familyHash)) }).toEqual({
      ...session,
      refreshTokenHash: 'second',
      usedTokenHash: 'first',
      sealedSuccessor: 'sealed',
      lastUsedAt: at(30),
      expiresAt: at(90),
      version: 2,
    });
  });

  it('keeps what an end changes', async () => {
    const session = await stored();
    await change(session.id, found => found.rotate({ hash: 'second', sealed: 'sealed' }, LIFETIMES, at(30)));
    await change(session.id, found => found.end(at(31)));
    expect(await ofFamily(session.familyHash)).toMatchObject({
      refreshTokenHash: '',
      usedTokenHash: null,
      sealedSuccessor: null,
      lastUsedAt: at(30),
      expiresAt: at(31),
      version: 3,
    });
  });

  it('keeps nulls and an empty list of scopes', async () => {
    const { familyHash } = await stored({ scopes: [] });
    const nothing = { deviceName: null, address: null, network: null, scopes: [] };
    expect(await ofFamily(familyHash)).toMatchObject(nothing);
  });

  it.each(DIFFICULT_TEXTS)('keeps the device name %j', async name => {
    const { familyHash } = await stored({ device: { name, address: null } });
    expect(await ofFamily(familyHash)).toMatchObject({ deviceName: name });
  });

  it.each(DIFFICULT_TIMES)('keeps the time %s', async time => {
    const { familyHash } = await stored({ now: new Date(new Date(time).getTime() - 60_000) });
    expect((await ofFamily(familyHash))?.expiresAt.toISOString()).toBe(time);
  });

  it('finds a session by its id and by its family, whichever tokens it has', async () => {
    const { id, familyHash } = await stored();
    await change(id, session => session.rotate({ hash: 'next', sealed: 'sealed' }, LIFETIMES, at(1)));
    await work.run(async ({ sessions }) => {
      const session = await sessions.byFamilyHash(familyHash);
      expect(session).toMatchObject({ id, refreshTokenHash: 'next' });
      expect(await sessions.get(id)).toBe(session);
    });
  });

  it('keeps the scopes as they were when a session is only read', async () => {
    const { familyHash } = await stored({ scopes: ['todos', 'chat'] });
    await ofFamily(familyHash);
    expect(await ofFamily(familyHash)).toMatchObject({ scopes: ['todos', 'chat'], version: 1 });
  });

  it.each(['unknown', '', '\0', 'x'.repeat(10_000)])('finds nothing of the family %j', async hash => {
    expect(await ofFamily(hash)).toBeUndefined();
  });

  it('finds all of a person’s sessions that have not ended', async () => {
    const [owner, other] = [await storedUser(application), await storedUser(application)];
    const live = [await stored({}, owner), await stored({ now: at(30) }, owner)];
    const ended = await stored({ now: at(30) }, owner);
    await change(ended.id, session => session.end(at(59.998)));
    await stored({ now: at(-1) }, owner);
    await stored({}, other);
    const found = (userId: string, now: Date) =>
      work.run(async ({ sessions }) => (await sessions.liveOf(userId, now)).map(({ id }) => id).sort());
    expect(await found(owner.id, at(59.999))).toEqual(live.map(({ id }) => id).sort());
    expect(await found(owner.id, at(60))).toEqual([live[1]?.id]);
    expect(await found(application.get(tokens.ids).next(), at(0))).toEqual([]);
  });

  it('knows whether a person has ever signed in, however long ago', async () => {
    const [owner, nobody] = [await storedUser(application), await storedUser(application)];
    const { id } = await stored({ now: at(-1_000_000) }, owner);
    await change(id, session => session.end(at(-999_999)));
    expect(await work.run(({ sessions }) => sessions.hasAny(owner.id))).toBe(true);
    expect(await work.run(({ sessions }) => sessions.hasAny(nobody.id))).toBe(false);
  });

  it.each([
    ['the same one at that very time', {}, true],
    ['one of another name', { deviceName: 'backup' }, false],
    ['one of the name in capitals', { deviceName: 'SCRIPT' }, false],
    ['one without a name', { deviceName: null }, false],
    ['one in another network', { network: '192.0.2.8' }, false],
    ['somebody else’s', { userId: UNKNOWN_ID }, false],
    ['one since a moment later', { since: at(30.001) }, false],
    ['one since before', { since: at(-1000) }, true],
  ])('knows a client again, or not: %s', async (_, other, known) => {
    const owner = await storedUser(application);
    const device = { name: 'script', address: '192.0.2.7' };
    await stored({ device, network: '192.0.2.7', now: at(30) }, owner);
    const { since, ...client } = {
      userId: owner.id,
      deviceName: 'script',
      network: '192.0.2.7',
      since: at(30),
      ...other,
    };
    expect(await work.run(({ sessions }) => sessions.hasClient(client, since))).toBe(known);
  });

  it('knows a client without a name again', async () => {
    const owner = await storedUser(application);
    await stored({ network: '192.0.2.7' }, owner);
    const client = { userId: owner.id, deviceName: null, network: '192.0.2.7' };
    expect(await work.run(({ sessions }) => sessions.hasClient(client, BIRTH))).toBe(true);
  });

  it('finds the sessions that a person was told of lately', async () => {
    const [owner, other] = [await storedUser(application), await storedUser(application)];
    const announced = async (whose: User, seconds: number) => {
      const session = newSession(whose.id, { now: at(seconds) });
      session.isAnnounced = true;
      await work.run(({ sessions }) => sessions.add(session));
      return session.id;
    };
    await announced(owner, 9.999);
    const late = [await announced(owner, 10), await announced(owner, 11)];
    await announced(other, 11);
    await stored({ now: at(12) }, owner);
    const found = await work.run(({ sessions }) => sessions.announcedSince(owner.id, at(10)));
    expect(found.map(({ id }) => id).toSorted()).toEqual(late.toSorted());
  });

  it('changes each of several sessions that it found together', async () => {
    const owner = await storedUser(application);
    for (let number = 0; number < 3; number += 1) await stored({}, owner);
    await work.run(async ({ sessions }) => {
      for (const session of await sessions.liveOf(owner.id, at(1))) session.end(at(1));
    });
    expect(await work.run(({ sessions }) => sessions.liveOf(owner.id, at(1)))).toEqual([]);
  });

  it('lets one of several rotations of one refresh token win', async () => {
    const { familyHash } = await stored({ refreshTokenHash: 'contested' });
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, number) =>
        work.run(async ({ sessions }) => {
          const session = await sessions.byFamilyHash(familyHash);
          if (session?.refreshTokenHash !== 'contested') throw new Error('It was used already.');
          session.rotate({ hash: `successor ${number}`, sealed: 'sealed' }, LIFETIMES, BIRTH);
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled');
    expect(await ofFamily(familyHash)).toMatchObject({
      refreshTokenHash: `successor ${winner}`,
      usedTokenHash: 'contested',
      version: 2,
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { IdentityStorage } from '../../src/modules/identity/application/ports.ts';
import { User } from '../../src/modules/identity/domain/user.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { newUser, storedUser } from '../support/people.ts';
import { DIFFICULT_TEXTS, DIFFICULT_TIMES } from '../support/texts.ts';

const UNKNOWN_ID = '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47';

describe.each(STORAGES)('the storage of users on %s', storage => {
  let application: TestApplication;
  let identity: IdentityStorage;

  beforeAll(async () => {
    application = await testApplication(storage);
    identity = application.get(tokens.identityStorage);
  });
  afterAll(() => application.close());

  const stored = (id: string) => identity.work.run(({ users }) => users.get(id));

  it('keeps every field', async () => {
    const user = newUser(
      {
        email: 'Ada.Lovelace@Example.org',
        username: 'ada',
        fullName: 'Ada Lovelace',
        role: 'admin',
        passwordHash: '$argon2id$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA',
      },
      new Date('2026-01-02T03:04:05.678Z'),
    );
    await identity.work.run(({ users }) => users.add(user));
    const found = await stored(user.id);
    expect(found).toBeInstanceOf(User);
    expect(found).not.toBe(user);
    expect({ ...found }).toEqual({ ...user });
    expect({ ...found }).toEqual({
      id: user.id,
      email: 'Ada.Lovelace@Example.org',
      emailKey: 'ada.lovelace@example.org',
      username: 'ada',
      fullName: 'Ada Lovelace',
      displayName: 'ada',
      role: 'admin',
      passwordHash: '$argon2id$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA',
      passwordChangedAt: new Date('2026-01-02T03:04:05.678Z'),
      isActive: true,
      isVerified: false,
      createdAt: new Date('2026-01-02T03:04:05.678Z'),
      updatedAt: new Date('2026-01-02T03:04:05.678Z'),
      deletedAt: null,
      version: 1,
    });
  });

  it('keeps nulls', async () => {
    const user = await storedUser(application, { username: null, fullName: null });
    expect(await stored(user.id)).toMatchObject({ username: null, fullName: null });
    expect(await identity.users.find(user.id)).toMatchObject({ username: null, fullName: null });
  });

  it('keeps changes to every field that can change', async () => {
    const user = await storedUser(application, { username: 'before' });
    const change = {
      email: 'after@example.org',
      emailKey: 'after@example.org',
      username: 'after',
      fullName: 'After',
      displayName: 'after',
      role: 'admin',
      passwordHash: 'another',
      isActive: false,
      isVerified: true,
      updatedAt: new Date('2027-01-01T00:00:00.001Z'),
    } as const;
    await identity.work.run(async ({ users }) => {
      Object.assign((await users.get(user.id)) ?? {}, change);
    });
    expect({ ...(await stored(user.id)) }).toEqual({ ...user, ...change, version: 2 });
  });

  it.each(DIFFICULT_TEXTS)('keeps the name %j', async fullName => {
    const user = await storedUser(application, { fullName });
    expect(await stored(user.id)).toMatchObject({ fullName, displayName: fullName });
    expect(await identity.users.find(user.id)).toMatchObject({ fullName });
  });

  it.each(DIFFICULT_TEXTS)('keeps a change to the name %j', async fullName => {
    const user = await storedUser(application);
    await identity.work.run(async ({ users }) => {
      Object.assign((await users.get(user.id)) ?? {}, { fullName });
    });
    expect(await identity.users.find(user.id)).toMatchObject({ fullName });
  });

  it.each(DIFFICULT_TIMES)('keeps the time %s', async time => {
    const user = newUser({}, new Date(time));
    await identity.work.run(({ users }) => users.add(user));
    expect((await stored(user.id))?.createdAt.toISOString()).toBe(time);
    expect((await identity.users.find(user.id))?.createdAt.toISOString()).toBe(time);
  });

  it('shows an account without what nobody may see of it', async () => {
    const user = await storedUser(application, { username: 'shown', fullName: 'Shown', role: 'admin' });
    const { emailKey, displayName, passwordHash, passwordChangedAt, deletedAt, ...view } = user;
    expect({ ...(await identity.users.find(user.id)) }).toEqual(view);
  });

  it('finds nobody under an unknown id, email or user name', async () => {
    await identity.work.run(async ({ users }) => {
      expect(await users.get(UNKNOWN_ID)).toBeUndefined();
      expect(await users.byEmailKey('nobody@example.org')).toBeUndefined();
      expect(await users.byUsername('nobody')).toBeUndefined();
    });
    expect(await identity.users.find(UNKNOWN_ID)).toBeUndefined();
  });

  it.each(['a\0b', '\ud800', "' or 1=1 --", '%', ''])('finds nobody under the login %j', async login => {
    await storedUser(application, { username: `somebody-${crypto.randomUUID().slice(0, 8)}` });
    const found = await identity.work.run(async ({ users }) => [
      await users.byEmailKey(login),
      await users.byUsername(login),
    ]);
    expect(found).toEqual([undefined, undefined]);
  });

  it.each(["o'brien", 'what?', '$1', '{words}', 'a=b`c', '%_*', 'ünḯ', '💙'])(
    'finds a person by an email that starts with %j',
    async local => {
      const user = await storedUser(application, { email: `${local}@example.org` });
      const found = await identity.work.run(({ users }) => users.byEmailKey(user.emailKey));
      expect(found).toMatchObject({ id: user.id, email: `${local}@example.org`.normalize('NFC') });
    },
  );

  it('finds a person by the email and the user name', async () => {
    const user = await storedUser(application, { email: 'Grace@Example.org', username: 'grace' });
    await identity.work.run(async ({ users }) => {
      expect((await users.byEmailKey('grace@example.org'))?.id).toBe(user.id);
      expect(await users.byEmailKey('Grace@Example.org')).toBeUndefined();
      expect((await users.byUsername('grace'))?.id).toBe(user.id);
      expect(await users.byUsername('Grace')).toBeUndefined();
    });
  });
});

describe.each(STORAGES)('the question whether there is an administrator on %s', storage => {
  it('is answered by the role of the accounts, within the transaction too', async () => {
    const application = await testApplication(storage);
    const { work } = application.get(tokens.identityStorage);
    const hasAdministrator = () => work.run(({ users }) => users.hasAdministrator());
    expect(await hasAdministrator()).toBe(false);
    await storedUser(application);
    expect(await hasAdministrator()).toBe(false);
    const admin = newUser({ role: 'admin' });
    await work.run(async ({ users }) => {
      await users.add(admin);
      expect(await users.hasAdministrator()).toBe(true);
    });
    expect(await hasAdministrator()).toBe(true);
    await application.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { VersionMismatch } from '../../src/kernel/errors.ts';
import type { UserId } from '../../src/kernel/principal.ts';
import type { IdentityWork } from '../../src/modules/identity/application/ports.ts';
import {
  EmailTaken,
  LastAdministrator,
  UsernameTaken,
} from '../../src/modules/identity/domain/account-errors.ts';
import { InvalidGrant } from '../../src/modules/identity/domain/session-errors.ts';
import type { ProfileChange } from '../../src/modules/identity/domain/user.ts';
import { accountChanges, accountOf, liveSessionsOf } from '../support/accounts.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { PASSWORD } from '../support/client.ts';
import { principal } from '../support/people.ts';
import { openAccount, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';

const ROUNDS = 10;

describe.each(STORAGES)('changes of accounts on %s', storage => {
  const clock = new TestClock();
  let application: TestApplication;
  let work: IdentityWork;
  let last = 0;

  beforeAll(async () => {
    application = await testApplication(storage, {}, [override(tokens.clock, clock)]);
    work = application.get(tokens.identityStorage).work;
  });
  afterAll(() => application.close());

  const somebody = (role: 'member' | 'admin' = 'member') => {
    last += 1;
    return openAccount(application, `user-${last}`, role);
  };
  const stored = (id: UserId) => accountOf(application, id);
  const changeProfile = (id: UserId, change: ProfileChange, expectedVersion?: number) =>
    accountChanges(application).profile.execute(
      { change, currentPassword: PASSWORD, expectedVersion },
      principal(id),
    );
  const changePassword = (id: UserId, currentPassword: string, newPassword: string) =>
    accountChanges(application).password.execute({ currentPassword, newPassword }, principal(id));

  it('keep every field that was changed, and those that were not', async () => {
    const { id } = await somebody();
    await work.run(async ({ users }) => (await users.get(id))?.verify(clock.now()));
    const before = await stored(id);
    clock.advance(1.234);
    const change = { email: `New-${id}@example.org`, username: `new-${last}`, fullName: 'Ünal ¼' };
    await changeProfile(id, change);
    const changed = {
      ...change,
      emailKey: change.email.toLowerCase(),
      displayName: change.username,
      isVerified: false,
      updatedAt: clock.now(),
    };
    expect({ ...(await stored(id)) }).toEqual({ ...before, ...changed, version: 3 });
    await changeProfile(id, { username: null, fullName: null });
    expect(await stored(id)).toMatchObject({ username: null, fullName: null, version: 4 });
  });

  it('keep the new password, and the old one no more', async () => {
    const { id } = await somebody();
    const before = await stored(id);
    await changePassword(id, PASSWORD, 'another horse battery');
    const { passwordHash, version } = await stored(id);
    const hasher = application.get(tokens.passwordHasher);
    expect(passwordHash).not.toBe(before.passwordHash);
    expect(await hasher.verify(passwordHash, 'another horse battery')).toBe(true);
    expect(version).toBe(2);
  });

  it('keep role and access, which the list of accounts can be asked for', async () => {
    const [root, alice] = [await somebody('admin'), await somebody()];
    const { user } = accountChanges(application);
    const change = { role: 'admin', isActive: false } as const;
    await user.execute({ userId: alice.id, change, expectedVersion: 1 }, principal(root.id));
    expect(await stored(alice.id)).toMatchObject({ ...change, version: 2 });
    const { users } = application.get(tokens.identityStorage);
    const where = { role: 'admin', is_active: false };
    const { rows } = await users.list({ where, paging: { page: 1, perPage: 10 } });
    expect(rows.map(({ id }) => id)).toEqual([alice.id]);
  });

  it.each<readonly [string, (name: string) => ProfileChange, new () => Error]>([
    ['an email', name => ({ email: `${name.toUpperCase()}@EXAMPLE.org` }), EmailTaken],
    ['a user name', name => ({ username: name }), UsernameTaken],
  ])('to %s that somebody has leave everything as it was', async (_, taken, error) => {
    const [alice, bob] = [await somebody(), await somebody()];
    const before = await stored(alice.id);
    const change = { fullName: 'Alice', ...taken(bob.username ?? '') };
    await expect(changeProfile(alice.id, change)).rejects.toThrow(error);
    expect(await stored(alice.id)).toEqual(before);
  });

  it('to a name that its owner gave up, and back again, are possible', async () => {
    const [alice, bob] = [await somebody(), await somebody()];
    await changeProfile(bob.id, { username: null });
    await changeProfile(alice.id, { username: bob.username });
    await expect(changeProfile(bob.id, { username: bob.username })).rejects.toThrow(UsernameTaken);
    await changeProfile(bob.id, { username: alice.username });
    expect((await stored(alice.id)).username).toBe(bob.username);
  });

  it('to the same address in another case are possible', async () => {
    const { id, email } = await somebody();
    await changeProfile(id, { email: email.toUpperCase() });
    expect(await stored(id)).toMatchObject({ email: email.toUpperCase(), emailKey: email });
  });

  it.each<readonly [string, ProfileChange, new () => Error]>([
    ['an email', { email: 'wanted@example.org' }, EmailTaken],
    ['a user name', { username: 'wanted' }, UsernameTaken],
  ])('of ten people to %s at once give it to one', async (_, change, error) => {
    const people = await Promise.all(Array.from({ length: 10 }, () => somebody()));
    const outcomes = await Promise.allSettled(people.map(({ id }) => changeProfile(id, change)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(error);
  });

  it('of one account, twenty at once, lose nothing', async () => {
    const { id } = await somebody();
    const names = Array.from({ length: 18 }, (_, number) => `Name ${number}`);
    const [email, username] = [`all-${id}@example.org`, `all-${last}`];
    await Promise.all([
      ...names.map(fullName => changeProfile(id, { fullName })),
      changeProfile(id, { email }),
      changeProfile(id, { username }),
    ]);
    const user = await stored(id);
    expect(user).toMatchObject({ email, username, displayName: username, version: 21 });
    expect(names).toContain(user.fullName);
  });

  it('that are based on one version, twenty at once, are made once', async () => {
    const { id } = await somebody();
    const names = Array.from({ length: 20 }, (_, number) => `Name ${number}`);
    const outcomes = await Promise.allSettled(names.map(fullName => changeProfile(id, { fullName }, 1)));
    const made = names.filter((_, number) => outcomes[number]?.status === 'fulfilled');
    expect(made).toEqual([(await stored(id)).fullName]);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(VersionMismatch);
  });

  it('wait for whoever has locked the person, and see then what was changed', async () => {
    const { id } = await somebody();
    const locked = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const first = work.run(async ({ users }) => {
      const user = await users.lock(id);
      locked.resolve();
      await mayEnd.promise;
      user?.changePassword('the hash of the first', clock.now());
    });
    await locked.promise;
    let seen: string | undefined;
    const second = work.run(async ({ users }) => {
      seen = (await users.lock(id))?.passwordHash;
    });
    const reader = application.get(tokens.identityStorage).users;
    for (let reads = 0; reads < 10; reads++) await reader.find(id);
    expect(seen).toBeUndefined();
    mayEnd.resolve();
    await Promise.all([first, second]);
    expect(seen).toBe('the hash of the first');
  });
});

describe.each(STORAGES)('two administrators on %s', storage => {
  it.each([
    ['demote', { role: 'member' }],
    ['deactivate', { isActive: false }],
  ] as const)('who %s each other at the same moment leave one', async (_, change) => {
    const application = await testApplication(storage);
    const { user } = accountChanges(application);
    const alice = await openAccount(application, 'alice', 'admin');
    const bob = await openAccount(application, 'bob', 'admin');
    const set = (userId: UserId, access: object, by: UserId) =>
      user.execute({ userId, change: access, expectedVersion: undefined }, principal(by));
    for (let round = 0; round < ROUNDS; round++) {
      const pair = round % 2 === 0 ? [alice.id, bob.id] : [bob.id, alice.id];
      const [one = '', other = ''] = pair;
      const outcomes = await Promise.allSettled([set(one, change, other), set(other, change, one)]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(LastAdministrator);
      const people = await Promise.all(pair.map(id => accountOf(application, id)));
      const left = people.filter(({ role, isActive }) => role === 'admin' && isActive);
      expect(left).toHaveLength(1);
      const [winner] = left;
      const loser = pair.find(id => id !== winner?.id) ?? '';
      await set(loser, { role: 'admin', isActive: true }, winner?.id ?? '');
    }
    await application.close();
  });
});

describe.each(STORAGES)('a password that is changed during sign-ins on %s', storage => {
  const passwordOf = (round: number) => `horse battery number ${round}`;

  it('leaves no session that began with the old one, ten times', async () => {
    const application = await testApplication(storage);
    const { password } = accountChanges(application);
    const { id } = await openAccount(application, 'alice');
    await password.execute({ currentPassword: PASSWORD, newPassword: passwordOf(0) }, principal(id));
    for (let round = 0; round < ROUNDS; round++) {
      const [currentPassword, newPassword] = [passwordOf(round), passwordOf(round + 1)];
      const guess = () => signIn(application, 'alice', { password: currentPassword });
      const change = () => password.execute({ currentPassword, newPassword }, principal(id));
      const [changed, ...signIns] = await Promise.allSettled([
        change(),
        ...Array.from({ length: 10 }, guess),
      ]);
      expect(changed.status).toBe('fulfilled');
      for (const outcome of signIns)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(InvalidGrant);
      expect(await liveSessionsOf(application, id)).toEqual([]);
      await signIn(application, 'alice', { password: newPassword });
      expect(await liveSessionsOf(application, id)).toHaveLength(1);
    }
    await application.close();
  });

  it.each([
    [
      'that was right when it was looked at starts none',
      (application: TestApplication, id: UserId) =>
        accountChanges(application).password.execute(
          { currentPassword: PASSWORD, newPassword: passwordOf(1) },
          principal(id),
        ),
    ],
    [
      'of an account that is deactivated meanwhile starts none',
      async (application: TestApplication, id: UserId) => {
        const root = await openAccount(application, 'root', 'admin');
        const change = { userId: id, change: { isActive: false }, expectedVersion: undefined };
        await accountChanges(application).user.execute(change, principal(root.id));
      },
    ],
  ])('%s', async (_, meanwhile) => {
    const verified = Promise.withResolvers<void>();
    const mayGoOn = Promise.withResolvers<void>();
    const throttle = {
      admit: async () => undefined,
      succeeded: async ({ origin }: { readonly origin: string }) => {
        if (origin !== 'slow') return;
        verified.resolve();
        await mayGoOn.promise;
      },
    };
    const application = await testApplication(storage, {}, [override(tokens.credentialThrottle, throttle)]);
    const { id } = await openAccount(application, 'alice');
    const slow = signIn(application, 'alice', { device: { name: null, address: 'slow' } });
    await verified.promise;
    await meanwhile(application, id);
    mayGoOn.resolve();
    await expect(slow).rejects.toThrow(InvalidGrant);
    expect(await liveSessionsOf(application, id)).toEqual([]);
    await application.close();
  });
});

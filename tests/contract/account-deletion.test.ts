import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { UserId } from '../../src/kernel/principal.ts';
import { CreateAccessToken } from '../../src/modules/identity/application/create-access-token.ts';
import { ProofOfIdentity } from '../../src/modules/identity/application/proof-of-identity.ts';
import { EmailTaken, LastAdministrator } from '../../src/modules/identity/domain/account-errors.ts';
import { MailToken } from '../../src/modules/identity/domain/mail-token.ts';
import { InvalidGrant, InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import { EraseTodos } from '../../src/modules/todos/application/erase-todos.ts';
import { accountChanges, accountOf, liveSessionsOf } from '../support/accounts.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { accountDeletion, addTodos, erase, sessionsOf, todosOf } from '../support/own-data.ts';
import { BIRTH, newUser, principal, storedUser } from '../support/people.ts';
import { newSession } from '../support/sessions.ts';
import { openAccount, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';

const NOW = { currentPassword: undefined, expectedVersion: undefined };
const ROUNDS = 10;
const signal = new AbortController().signal;

describe.each(STORAGES)('an account that was deleted on %s', storage => {
  let application: TestApplication;
  beforeAll(async () => {
    application = await testApplication(storage, {}, [override(tokens.clock, new TestClock())]);
  });
  afterAll(() => application.close());

  const identity = () => application.get(tokens.identityStorage);
  const removed = async (userId: UserId) => accountDeletion(application).execute(NOW, principal(userId));

  it('is found by nothing, and its name is gone', async () => {
    const user = await storedUser(application, {
      email: 'Gone@Example.org',
      username: 'gone',
      fullName: 'Gone Girl',
    });
    await identity().work.run(async ({ sessions }) => sessions.add(newSession(user.id, { now: BIRTH })));
    await removed(user.id);
    const found = await identity().work.run(async ({ users }) => [
      await users.get(user.id),
      await users.lock(user.id),
      await users.byEmailKey('gone@example.org'),
      await users.byEmailKey(user.id),
      await users.byEmailKey(''),
      await users.byUsername('gone'),
    ]);
    expect(found).toEqual(Array.from({ length: 6 }));
    expect(await identity().users.find(user.id)).toBeUndefined();
    const { rows } = await identity().users.list({ paging: { page: 1, perPage: 100 } });
    expect(rows.map(({ id }) => id)).not.toContain(user.id);
    const post = await application.get(tokens.storage);
    const shown =
      post.kind === 'memory'
        ? post.store.read('people', user.id)
        : (
            await post.database.orm.em
              .getDriver()
              .getConnection()
              .execute(`select display_name from people where id = '${user.id}'`)
          )[0]?.display_name;
    expect(shown).toBe('former member');
  });

  it('lets nobody in, by session or by personal access token', async () => {
    const { id } = await openAccount(application, 'let-in');
    await signIn(application, 'let-in');
    const [session] = await liveSessionsOf(application, id);
    await removed(id);
    expect(session).toBeDefined();
    expect(await identity().sessions.access(session?.id ?? '')).toBeUndefined();
    await expect(signIn(application, 'let-in')).rejects.toThrow(InvalidGrant);
  });

  it('leaves its email and user name to others, once', async () => {
    const name = { email: 'free@example.org', username: 'free' };
    const first = await storedUser(application, name);
    await removed(first.id);
    const second = await storedUser(application, name);
    await expect(storedUser(application, { email: 'FREE@example.org' })).rejects.toThrow(EmailTaken);
    await removed(second.id);
    await storedUser(application, name);
  });

  it('leaves no link that was mailed', async () => {
    const user = await storedUser(application);
    const mailed = (purpose: 'verify_email' | 'reset_password') =>
      new MailToken(`${purpose}-${user.id}`, { userId: user.id, email: user.email, purpose }, BIRTH);
    await identity().work.run(async ({ mailTokens }) => {
      await mailTokens.add(mailed('verify_email'));
      await mailTokens.add(mailed('reset_password'));
      expect(await mailTokens.of(user.id)).toHaveLength(2);
      expect(await mailTokens.of(user.id, 'verify_email')).toHaveLength(1);
    });
    await removed(user.id);
    expect(await identity().work.run(({ mailTokens }) => mailTokens.of(user.id))).toEqual([]);
  });
});

describe.each(STORAGES)('what was the own of somebody on %s', storage => {
  let application: TestApplication;
  let gone: UserId;
  let other: UserId;
  beforeAll(async () => {
    application = await testApplication(storage);
    gone = (await storedUser(application)).id;
    other = (await storedUser(application)).id;
    await application.get(tokens.identityStorage).work.run(async ({ users, sessions }) => {
      (await users.get(gone))?.delete(BIRTH);
      for (const owner of [gone, gone, other]) await sessions.add(newSession(owner, { now: BIRTH }));
    });
    await addTodos(application, gone, 1200);
    await addTodos(application, other, 3);
  });
  afterAll(() => application.close());

  const pieces = (limit: number) =>
    application.get(tokens.todoStorage).work.run(({ todos }) => todos.removeSomeOf(gone, limit));

  it('goes some at a time, and says how many', async () => {
    expect(await pieces(150)).toBe(150);
    expect(await todosOf(application, gone)).toBe(1050);
    const failed = application.get(tokens.todoStorage).work.run(async ({ todos }) => {
      expect(await todos.removeSomeOf(gone, 10)).toBe(10);
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    expect(await todosOf(application, gone)).toBe(1050);
  });

  it('goes on where it was broken off, until all of it is gone and nothing of anybody else', async () => {
    const breaking = new AbortController();
    const { work } = application.get(tokens.todoStorage);
    let runs = 0;
    const interrupted = new EraseTodos({
      run: (...piece) => {
        runs += 1;
        breaking.abort(new Error('time is over'));
        return work.run(...piece);
      },
    });
    await expect(interrupted.execute(gone, breaking.signal)).rejects.toThrow('time is over');
    expect(runs).toBe(1);
    expect(await todosOf(application, gone)).toBe(550);
    await erase(application, gone);
    expect(await todosOf(application, gone)).toBe(0);
    expect(await sessionsOf(application, gone)).toBe(0);
    expect(await pieces(1)).toBe(0);
    await erase(application, gone);
    expect(await todosOf(application, other)).toBe(3);
    expect(await sessionsOf(application, other)).toBe(1);
  });

  it('lets others write while it goes', async () => {
    await addTodos(application, gone, 2000);
    const erasing = erase(application, gone, signal).then(() => 'erased');
    const writing = addTodos(application, other, 1).then(() => 'written');
    expect(await Promise.race([erasing, writing])).toBe('written');
    await erasing;
    expect(await todosOf(application, gone)).toBe(0);
    expect(await todosOf(application, other)).toBe(4);
  });

  it('stays as long as the account is there', async () => {
    await expect(erase(application, other)).rejects.toThrow('has not been deleted');
    expect(await todosOf(application, other)).toBe(4);
    expect(await sessionsOf(application, other)).toBe(1);
  });
});

describe.each(STORAGES)('accounts that are deleted at the same moment on %s', storage => {
  it('leave one administrator, of two who go and of one who is demoted', async () => {
    const application = await testApplication(storage, {}, [override(tokens.clock, new TestClock())]);
    const { user } = accountChanges(application);
    for (let round = 0; round < ROUNDS; round += 1) {
      const [alice, bob] = [newUser({ role: 'admin' }), newUser({ role: 'admin' })];
      await application.get(tokens.identityStorage).work.run(async ({ users }) => {
        for (const old of await users.lockAdministrators()) old.delete(BIRTH);
        await users.add(alice);
        await users.add(bob);
      });
      const demotion = { userId: bob.id, change: { role: 'member' }, expectedVersion: undefined } as const;
      const outcomes = await Promise.allSettled([
        accountDeletion(application).execute(NOW, principal(alice.id)),
        round % 2 === 0
          ? accountDeletion(application).execute(NOW, principal(bob.id))
          : user.execute(demotion, principal(alice.id)),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(LastAdministrator);
      const left = await application
        .get(tokens.identityStorage)
        .work.run(({ users }) => users.lockAdministrators());
      expect(left).toHaveLength(1);
    }
    await application.close();
  });

  it('leave no session that began meanwhile, and no personal access token', async () => {
    const application = await testApplication(storage, {}, [override(tokens.clock, new TestClock())]);
    const identity = application.get(tokens.identityStorage);
    const clock = application.get(tokens.clock);
    const proof = new ProofOfIdentity(
      application.get(tokens.passwordHasher),
      application.get(tokens.credentialThrottle),
      clock,
    );
    const create = new CreateAccessToken(
      identity.work,
      proof,
      application.get(tokens.oneTimeTokens),
      application.get(tokens.ids),
      clock,
    );
    const token = { name: 'Script', scopes: [], expiresAt: null, currentPassword: undefined };
    for (let round = 0; round < ROUNDS; round += 1) {
      const { id } = await openAccount(application, `user-${round}`);
      const [deleted, ...others] = await Promise.allSettled([
        accountDeletion(application).execute(NOW, principal(id)),
        ...Array.from({ length: 5 }, () => signIn(application, `user-${round}`)),
        ...Array.from({ length: 5 }, () => create.execute(token, principal(id))),
      ]);
      expect(deleted?.status).toBe('fulfilled');
      for (const outcome of others)
        if (outcome.status === 'rejected')
          expect([InvalidGrant, InvalidToken]).toContain(outcome.reason.constructor);
      expect(await liveSessionsOf(application, id)).toEqual([]);
      expect(await identity.work.run(({ accessTokens }) => accessTokens.of(id))).toEqual([]);
      await expect(accountOf(application, id)).rejects.toThrow();
    }
    await application.close();
  });

  it('are deleted once, of ten times at once', async () => {
    const application = await testApplication(storage, {}, [override(tokens.clock, new TestClock())]);
    const { id } = await openAccount(application, 'alice');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => accountDeletion(application).execute(NOW, principal(id))),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(InvalidToken);
    const where = { subject: id, action: 'account.deleted' };
    const { audit } = application.get(tokens.identityStorage);
    expect((await audit.list({ where, paging: { page: 1, perPage: 1 } })).total).toBe(1);
    await application.close();
  });
});

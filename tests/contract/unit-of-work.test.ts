import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { IdentityWork } from '../../src/modules/identity/application/ports.ts';
import { EmailTaken } from '../../src/modules/identity/domain/account-errors.ts';
import { SigningKey } from '../../src/modules/identity/domain/signing-key.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import type { TodoStorage } from '../../src/modules/todos/application/ports.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, newUser, storedUser } from '../support/people.ts';
import { newSession } from '../support/sessions.ts';
import { newTodo, storedTodo } from '../support/todos.ts';

const LATER = new Date('2026-11-24T12:00:00.000Z');

class Interrupted extends Error {}

describe.each(STORAGES)('the unit of work on %s', storage => {
  let application: TestApplication;
  let identity: IdentityWork;
  let todos: TodoStorage;
  let owner: User;

  beforeAll(async () => {
    application = await testApplication(storage);
    identity = application.get(tokens.identityStorage).work;
    todos = application.get(tokens.todoStorage);
    owner = await storedUser(application);
  });
  afterAll(() => application.close());

  const aTodo = (text?: string) => newTodo(application, owner.id, text);
  const keptTodo = (text?: string) => storedTodo(application, owner.id, text);

  const aKey = (id: string) => new SigningKey(id, 'k4.public.x', 'sealed', BIRTH);

  it('answers what the work answers', async () => {
    expect(await todos.work.run(async () => 'done')).toBe('done');
  });

  it('keeps what was done in several repositories when the work returns', async () => {
    const user = newUser();
    await identity.run(async ({ users, sessions, signingKeys }) => {
      await users.add(user);
      await sessions.add(newSession(user.id, { familyHash: 'kept' }));
      await signingKeys.add(aKey('kept'));
    });
    await identity.run(async ({ users, sessions, signingKeys }) => {
      expect(await users.get(user.id)).toMatchObject({ email: user.email });
      expect(await sessions.byFamilyHash('kept')).toMatchObject({ userId: user.id });
      expect((await signingKeys.all()).map(({ id }) => id)).toContain('kept');
    });
  });

  it('keeps nothing of what was done in several repositories when the work throws', async () => {
    const user = newUser();
    const work = identity.run(async ({ users, sessions, signingKeys }) => {
      await users.add(user);
      await sessions.add(newSession(user.id, { familyHash: 'lost' }));
      await signingKeys.add(aKey('lost'));
      throw new Interrupted();
    });
    await expect(work).rejects.toBeInstanceOf(Interrupted);
    await identity.run(async ({ users, sessions, signingKeys }) => {
      expect(await users.get(user.id)).toBeUndefined();
      expect(await users.byEmailKey(user.emailKey)).toBeUndefined();
      expect(await sessions.byFamilyHash('lost')).toBeUndefined();
      expect((await signingKeys.all()).map(({ id }) => id)).not.toContain('lost');
    });
  });

  it('keeps nothing of what was done at once when one of it fails, and tells of the first failure', async () => {
    const [first, last] = [newUser(), newUser()];
    for (let times = 0; times < 12; times += 1) {
      const work = identity.run(({ users }) =>
        Promise.all([users.add(first), users.add(newUser({ email: owner.email })), users.add(last)]),
      );
      await expect(work).rejects.toBeInstanceOf(EmailTaken);
    }
    await identity.run(async ({ users }) => {
      const found = await Promise.all([first, owner, last].map(({ id }) => users.get(id)));
      expect(found).toEqual([undefined, expect.objectContaining({ id: owner.id }), undefined]);
    });
  });

  it('keeps nothing of what goes on after the work has thrown, whoever works meanwhile', async () => {
    const [late, other] = [newUser(), newUser()];
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    let goingOn: Promise<unknown> = Promise.resolve();
    const work = identity.run(async ({ users }) => {
      goingOn = ended.then(() => users.add(late));
      throw new Interrupted();
    });
    await expect(work).rejects.toBeInstanceOf(Interrupted);
    await identity.run(async ({ users }) => {
      end();
      await goingOn.catch(() => undefined);
      await users.add(other);
    });
    await identity.run(async ({ users }) => {
      expect(await users.get(late.id)).toBeUndefined();
      expect(await users.get(other.id)).toBeDefined();
    });
  });

  it('takes back changes to loaded entities and removals when the work throws', async () => {
    const [changed, removed] = [await keptTodo('as it was'), await keptTodo()];
    const work = todos.work.run(async work => {
      (await work.todos.get(changed.id))?.change({ text: 'changed' }, LATER);
      const other = await work.todos.get(removed.id);
      if (other) await work.todos.remove(other);
      throw new Interrupted();
    });
    await expect(work).rejects.toBeInstanceOf(Interrupted);
    expect(await todos.reader.find(changed.id)).toMatchObject({ text: 'as it was', version: 1 });
    expect(await todos.reader.find(removed.id)).toMatchObject({ id: removed.id });
  });

  it('passes on the very error that the work throws', async () => {
    const error = new Interrupted('the one');
    await expect(
      todos.work.run(async () => {
        throw error;
      }),
    ).rejects.toBe(error);
  });

  it('can be used after a failure, however often', async () => {
    for (let time = 0; time < 40; time += 1)
      await expect(
        todos.work.run(async () => {
          throw new Interrupted();
        }),
      ).rejects.toBeInstanceOf(Interrupted);
    const todo = await keptTodo();
    expect(await todos.reader.find(todo.id)).toMatchObject({ id: todo.id });
  });

  it('shows readers nothing before the commit, and all after it', async () => {
    const [added, changed, removed] = [aTodo(), await keptTodo('before'), await keptTodo()];
    await todos.work.run(async work => {
      await work.todos.add(added);
      (await work.todos.get(changed.id))?.change({ text: 'after' }, LATER);
      const other = await work.todos.get(removed.id);
      if (other) await work.todos.remove(other);
      expect(await todos.reader.find(added.id)).toBeUndefined();
      expect(await todos.reader.find(changed.id)).toMatchObject({ text: 'before' });
      expect(await todos.reader.find(removed.id)).toMatchObject({ id: removed.id });
    });
    expect(await todos.reader.find(added.id)).toMatchObject({ id: added.id });
    expect(await todos.reader.find(changed.id)).toMatchObject({ text: 'after' });
    expect(await todos.reader.find(removed.id)).toBeUndefined();
  });

  it('stores exactly the additions of the transactions that did not throw, of fifty at once', async () => {
    const all = Array.from({ length: 50 }, (_, number) => aTodo(`concurrent ${number}`));
    const outcomes = await Promise.allSettled(
      all.map((todo, number) =>
        todos.work.run(async work => {
          await work.todos.add(todo);
          expect(await work.todos.get(todo.id)).toBe(todo);
          if (number % 2 === 1) throw new Interrupted();
        }),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(
      all.map((_, number) => (number % 2 === 1 ? 'rejected' : 'fulfilled')),
    );
    const found = await Promise.all(all.map(({ id }) => todos.reader.find(id)));
    expect(found.map(todo => todo?.text)).toEqual(
      all.map(({ text }, number) => (number % 2 === 1 ? undefined : text)),
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { IdentityWork } from '../../src/modules/identity/application/ports.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import type { TodoStorage } from '../../src/modules/todos/application/ports.ts';
import { Todo, type TodoId } from '../../src/modules/todos/domain/todo.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { newTodo, storedTodo } from '../support/todos.ts';

const LATER = new Date('2026-11-24T12:00:00.000Z');

describe.each(STORAGES)('entities in one transaction on %s', storage => {
  let application: TestApplication;
  let identity: IdentityWork;
  let todos: TodoStorage;
  let owner: User;

  beforeAll(async () => {
    application = await testApplication(storage);
    identity = application.get(tokens.identityStorage).work;
    todos = application.get(tokens.todoStorage);
    owner = await storedUser(application, { username: 'owner' });
  });
  afterAll(() => application.close());

  const aTodo = (text?: string) => newTodo(application, owner.id, text);
  const keptTodo = (text?: string) => storedTodo(application, owner.id, text);

  const change = (id: TodoId, text: string) =>
    todos.work.run(async work => (await work.todos.get(id))?.change({ text }, LATER));

  it('are one object for one id', async () => {
    const { id } = await keptTodo();
    await todos.work.run(async work => {
      const first = await work.todos.get(id);
      expect(first).toBeInstanceOf(Todo);
      expect(await work.todos.get(id)).toBe(first);
    });
  });

  it('are one object whichever way they are found', async () => {
    await identity.run(async ({ users }) => {
      const user = await users.get(owner.id);
      expect(await users.byEmailKey(owner.emailKey)).toBe(user);
      expect(await users.byUsername('owner')).toBe(user);
    });
  });

  it('keep an unwritten change when they are loaded again', async () => {
    const { id } = await keptTodo('before');
    await todos.work.run(async work => {
      (await work.todos.get(id))?.change({ text: 'after' }, LATER);
      expect(await work.todos.get(id)).toMatchObject({ text: 'after' });
    });
    expect(await todos.reader.find(id)).toMatchObject({ text: 'after', version: 2 });
  });

  it('are other objects in another transaction', async () => {
    const { id } = await keptTodo('before');
    const outside = await todos.work.run(async work => work.todos.get(id));
    outside?.change({ text: 'changed outside of any transaction' }, LATER);
    expect(await todos.work.run(async work => work.todos.get(id))).not.toBe(outside);
    expect(await todos.reader.find(id)).toMatchObject({ text: 'before', version: 1 });
  });

  it('can be found as soon as they were added', async () => {
    const todo = aTodo();
    await todos.work.run(async work => {
      await work.todos.add(todo);
      expect(await work.todos.get(todo.id)).toBe(todo);
    });
  });

  it('can be changed after they were added', async () => {
    const todo = aTodo('before');
    await todos.work.run(async work => {
      await work.todos.add(todo);
      (await work.todos.get(todo.id))?.change({ text: 'after', completed: true }, LATER);
    });
    const stored = await todos.reader.find(todo.id);
    expect(stored).toMatchObject({ text: 'after', completed: true, updatedAt: LATER });
    expect(stored?.version).toBe(todo.version);
  });

  it('can be removed after they were added', async () => {
    const todo = aTodo();
    await todos.work.run(async work => {
      await work.todos.add(todo);
      await work.todos.remove(todo);
      expect(await work.todos.get(todo.id)).toBeUndefined();
    });
    expect(await todos.reader.find(todo.id)).toBeUndefined();
  });

  it('are gone for the rest of the transaction that removed them', async () => {
    const { id } = await keptTodo();
    await todos.work.run(async work => {
      const todo = await work.todos.get(id);
      if (todo) await work.todos.remove(todo);
      expect(await work.todos.get(id)).toBeUndefined();
    });
    expect(await todos.reader.find(id)).toBeUndefined();
  });

  it('stay removed although they were changed before', async () => {
    const { id } = await keptTodo();
    await todos.work.run(async work => {
      const todo = await work.todos.get(id);
      todo?.change({ text: 'changed, then removed' }, LATER);
      if (todo) await work.todos.remove(todo);
    });
    expect(await todos.reader.find(id)).toBeUndefined();
  });

  it('can be added again after they were removed', async () => {
    const todo = await keptTodo('first');
    await todos.work.run(async work => {
      const found = await work.todos.get(todo.id);
      if (found) await work.todos.remove(found);
      await work.todos.add(new Todo(todo.id, owner.id, { text: 'second', completed: true }, LATER));
    });
    expect(await todos.reader.find(todo.id)).toMatchObject({ text: 'second', completed: true, version: 1 });
  });

  it('start at version 1 and get the next with every change', async () => {
    const todo = await keptTodo();
    expect(await todos.reader.find(todo.id)).toMatchObject({ version: 1 });
    for (const version of [2, 3, 4]) {
      await change(todo.id, `version ${version}`);
      expect(await todos.reader.find(todo.id)).toMatchObject({ text: `version ${version}`, version });
    }
  });

  it('get one new version for several changes', async () => {
    const { id } = await keptTodo();
    await todos.work.run(async work => {
      const todo = await work.todos.get(id);
      todo?.change({ text: 'once' }, LATER);
      todo?.change({ text: 'twice', completed: true }, LATER);
    });
    expect(await todos.reader.find(id)).toMatchObject({ text: 'twice', completed: true, version: 2 });
  });

  it('keep their version when nothing changed', async () => {
    const todo = await keptTodo('the same');
    await todos.work.run(async work => work.todos.get(todo.id));
    await change(todo.id, 'the same');
    expect(await todos.reader.find(todo.id)).toMatchObject({ version: 1, updatedAt: BIRTH });
  });

  it('know their new version once the transaction is over', async () => {
    const { id } = await keptTodo();
    const todo = await todos.work.run(async work => {
      const found = await work.todos.get(id);
      found?.change({ text: 'changed' }, LATER);
      return found;
    });
    expect(todo?.version).toBe(2);
  });
});

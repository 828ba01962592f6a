import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { IntegrationEvent } from '../../src/kernel/events.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import type { TodoStorage } from '../../src/modules/todos/application/ports.ts';
import type { AnswerWork } from '../../src/platform/idempotency/stored-answers.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { newUser, storedUser } from '../support/people.ts';
import { newTodo, storedTodo } from '../support/todos.ts';

const HAPPENED: IntegrationEvent = { type: 'identity.access_revoked' };

class Interrupted extends Error {}

describe.each(STORAGES)('units of work that are joined to one transaction on %s', storage => {
  let application: TestApplication;
  let whole: AnswerWork;
  let todos: TodoStorage;
  let owner: User;

  beforeAll(async () => {
    application = await testApplication(storage);
    whole = application.get(tokens.answerWork);
    todos = application.get(tokens.todoStorage);
    owner = await storedUser(application);
  });
  afterAll(() => application.close());

  const joined = <T>(work: () => Promise<T>) => whole.run(({ join }) => join(work));
  const aTodo = () => newTodo(application, owner.id);
  const add = (todo: ReturnType<typeof aTodo>) => todos.work.run(work => work.todos.add(todo));

  it('are all kept when the whole returns', async () => {
    const [first, second] = [aTodo(), aTodo()];
    await joined(async () => {
      await add(first);
      await add(second);
    });
    expect(await todos.reader.find(first.id)).toBeDefined();
    expect(await todos.reader.find(second.id)).toBeDefined();
  });

  it('are all undone when the whole throws after they have returned', async () => {
    const [todo, user] = [aTodo(), newUser()];
    const { work: identity, users } = application.get(tokens.identityStorage);
    const failed = joined(async () => {
      await add(todo);
      await identity.run(work => work.users.add(user));
      throw new Interrupted();
    });
    await expect(failed).rejects.toThrow(Interrupted);
    expect(await todos.reader.find(todo.id)).toBeUndefined();
    expect(await users.find(user.id)).toBeUndefined();
  });

  it('are all undone when one of them throws, even where somebody catches it', async () => {
    const todo = aTodo();
    const failed = joined(async () => {
      await add(todo);
      await todos.work.run(() => Promise.reject(new Interrupted())).catch(() => undefined);
    });
    await expect(failed).rejects.toThrow(Interrupted);
    expect(await todos.reader.find(todo.id)).toBeUndefined();
  });

  it('are seen by reads inside, and by nobody outside until the whole has returned', async () => {
    const todo = aTodo();
    const list = () => todos.reader.list({ where: { owner: owner.id }, paging: { page: 1, perPage: 100 } });
    const ids = async () => (await list()).rows.map(({ id }) => id);
    let outside: readonly string[] = [];
    const { promise: written, resolve: tell } = Promise.withResolvers<void>();
    const { promise: looked, resolve: goOn } = Promise.withResolvers<void>();
    const running = joined(async () => {
      await add(todo);
      expect(await todos.reader.find(todo.id)).toMatchObject({ text: todo.text });
      expect(await ids()).toContain(todo.id);
      tell();
      await looked;
    });
    await written;
    outside = await ids();
    goOn();
    await running;
    expect(outside).not.toContain(todo.id);
    expect(await ids()).toContain(todo.id);
  });

  it('show a change of what was there before to reads inside, and undo it with the whole', async () => {
    const { id } = await storedTodo(application, owner.id, 'before');
    const failed = joined(async () => {
      await todos.work.run(async work => {
        (await work.todos.get(id))?.change({ text: 'after' }, new Date());
      });
      expect(await todos.reader.find(id)).toMatchObject({ text: 'after' });
      throw new Interrupted();
    });
    await expect(failed).rejects.toThrow(Interrupted);
    expect(await todos.reader.find(id)).toMatchObject({ text: 'before' });
  });

  it('publish their events when the whole has been kept, and not when it has not', async () => {
    const events = application.get(tokens.events);
    const { work: identity } = application.get(tokens.identityStorage);
    let heard = 0;
    const unsubscribe = events.subscribe(HAPPENED.type, () => {
      heard += 1;
    });
    const record = () => identity.run(async work => work.events.record(HAPPENED));
    await joined(async () => {
      await record();
      expect(heard).toBe(0);
    });
    expect(heard).toBe(1);
    await joined(async () => {
      await record();
      throw new Interrupted();
    }).catch(() => undefined);
    unsubscribe();
    expect(heard).toBe(1);
  });

  it('go on by themselves where the whole has ended before them', async () => {
    const todo = aTodo();
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    let late: Promise<unknown> = Promise.resolve();
    await joined(async () => {
      late = ended.then(() => add(todo));
    });
    end();
    await late;
    expect(await todos.reader.find(todo.id)).toBeDefined();
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { InvalidText, MissingScope, VersionMismatch } from '../../src/kernel/errors.ts';
import { AddTodo } from '../../src/modules/todos/application/add-todo.ts';
import { ChangeTodo } from '../../src/modules/todos/application/change-todo.ts';
import { DeleteTodo } from '../../src/modules/todos/application/delete-todo.ts';
import { ListTodos } from '../../src/modules/todos/application/list-todos.ts';
import { ReadTodo } from '../../src/modules/todos/application/read-todo.ts';
import { TodoNotFound } from '../../src/modules/todos/domain/errors.ts';
import { testApplication } from '../support/application.ts';
import { BIRTH, principal, storedUser, without } from '../support/people.ts';
import { TestClock } from '../support/test-clock.ts';

const CONTENT = { text: 'Water the plants', completed: false };
const PAGING = { page: 1, perPage: 100 };

describe('to-dos', () => {
  let clock: TestClock;
  let add: AddTodo;
  let change: ChangeTodo;
  let remove: DeleteTodo;
  let read: ReadTodo;
  let list: ListTodos;
  let alice: string;
  let bob: string;

  beforeEach(async () => {
    clock = new TestClock();
    const application = await testApplication('memory', {}, [override(tokens.clock, clock)]);
    const { work, reader } = application.get(tokens.todoStorage);
    add = new AddTodo(work, application.get(tokens.ids), clock);
    change = new ChangeTodo(work, clock);
    remove = new DeleteTodo(work);
    read = new ReadTodo(reader);
    list = new ListTodos(reader);
    alice = (await storedUser(application)).id;
    bob = (await storedUser(application)).id;
  });

  const of = async (userId: string) =>
    (await list.execute({ paging: PAGING }, principal(userId))).rows.map(row => ({ ...row }));

  it('are added to the list of whoever asks, at the time of the clock', async () => {
    const added = await add.execute(CONTENT, principal(alice));
    expect({ ...added }).toEqual({
      id: expect.any(String),
      userId: alice,
      ...CONTENT,
      createdAt: BIRTH,
      updatedAt: BIRTH,
      version: 1,
    });
    expect(await of(alice)).toEqual([{ ...added }]);
    expect(await of(bob)).toEqual([]);
    expect({ ...(await read.execute(added.id, principal(alice))) }).toEqual({ ...added });
  });

  it.each(['', 'x'.repeat(501), 'a\0b'])('are not added with the text %j', async text => {
    await expect(add.execute({ text, completed: false }, principal(alice))).rejects.toThrow(InvalidText);
    expect(await of(alice)).toEqual([]);
  });

  it('are changed by their owner, and shown as they are then', async () => {
    const { id } = await add.execute(CONTENT, principal(alice));
    clock.advance(60);
    const changed = await change.execute({ todoId: id, content: { completed: true } }, principal(alice));
    expect(changed).toMatchObject({ ...CONTENT, completed: true, updatedAt: clock.now(), version: 2 });
    expect(await of(alice)).toEqual([{ ...changed }]);
  });

  it('stay as they are when a change changes nothing', async () => {
    const added = { ...(await add.execute(CONTENT, principal(alice))) };
    clock.advance(60);
    const answer = await change.execute({ todoId: added.id, content: CONTENT }, principal(alice));
    expect({ ...answer }).toEqual(added);
    expect(await of(alice)).toEqual([added]);
  });

  it('are changed and deleted at the expected version', async () => {
    const { id } = await add.execute(CONTENT, principal(alice));
    const { version } = await change.execute(
      { todoId: id, content: { text: 'Other' }, expectedVersion: 1 },
      principal(alice),
    );
    await remove.execute({ todoId: id, expectedVersion: version }, principal(alice));
    expect(await of(alice)).toEqual([]);
  });

  it('are neither changed nor deleted at another version', async () => {
    const added = { ...(await add.execute(CONTENT, principal(alice))) };
    for (const expectedVersion of [0, 2]) {
      const act = { todoId: added.id, expectedVersion, content: { text: 'x' } };
      await expect(change.execute(act, principal(alice))).rejects.toThrow(VersionMismatch);
      await expect(remove.execute(act, principal(alice))).rejects.toThrow(VersionMismatch);
    }
    expect(await of(alice)).toEqual([added]);
  });

  it('do not exist for anybody else, whatever version they expect', async () => {
    const added = { ...(await add.execute(CONTENT, principal(alice))) };
    const act = { todoId: added.id, content: { text: 'x' } };
    await expect(read.execute(added.id, principal(bob))).rejects.toThrow(TodoNotFound);
    await expect(change.execute(act, principal(bob))).rejects.toThrow(TodoNotFound);
    await expect(change.execute({ ...act, expectedVersion: 99 }, principal(bob))).rejects.toThrow(
      TodoNotFound,
    );
    await expect(remove.execute(act, principal(bob))).rejects.toThrow(TodoNotFound);
    expect(await of(alice)).toEqual([added]);
  });

  it('of somebody else are not listed, whatever the question', async () => {
    const added = { ...(await add.execute(CONTENT, principal(alice))) };
    const asked = { where: { owner: alice }, paging: PAGING };
    expect(await list.execute(asked, principal(bob))).toMatchObject({ rows: [], total: 0 });
    const own = await list.execute(
      { where: { owner: bob, completed: false }, paging: PAGING },
      principal(alice),
    );
    expect(own.rows.map(row => ({ ...row }))).toEqual([added]);
  });

  it('are neither added, read, listed, changed nor deleted without the scope', async () => {
    const added = { ...(await add.execute(CONTENT, principal(alice))) };
    const by = principal(alice, without('todos'));
    const act = { todoId: added.id, content: { text: 'x' } };
    await expect(add.execute(CONTENT, by)).rejects.toThrow(MissingScope);
    await expect(read.execute(added.id, by)).rejects.toThrow(MissingScope);
    await expect(list.execute({ paging: PAGING }, by)).rejects.toThrow(MissingScope);
    await expect(change.execute(act, by)).rejects.toThrow(MissingScope);
    await expect(remove.execute(act, by)).rejects.toThrow(MissingScope);
    expect(await of(alice)).toEqual([added]);
  });

  it('are deleted for good', async () => {
    const { id } = await add.execute(CONTENT, principal(alice));
    await remove.execute({ todoId: id }, principal(alice));
    await expect(read.execute(id, principal(alice))).rejects.toThrow(TodoNotFound);
    await expect(remove.execute({ todoId: id }, principal(alice))).rejects.toThrow(TodoNotFound);
  });
});

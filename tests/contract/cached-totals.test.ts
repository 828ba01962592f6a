import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { TodoStorage } from '../../src/modules/todos/application/ports.ts';
import { Todo } from '../../src/modules/todos/domain/todo.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { storedTodo } from '../support/todos.ts';

const MANY = 1500;

describe.each(['sqlite', 'postgresql'] as const)('totals that take long to count on %s', storage => {
  let application: TestApplication;
  let todos: TodoStorage;
  let owner: string;
  let other: string;

  beforeAll(async () => {
    application = await testApplication(storage);
    todos = application.get(tokens.todoStorage);
    owner = (await storedUser(application)).id;
    other = (await storedUser(application)).id;
    const ids = application.get(tokens.ids);
    await todos.work.run(async work => {
      for (let index = 0; index < MANY; index += 1) {
        const content = { text: 'one of many', completed: index % 3 === 0 };
        await work.todos.add(new Todo(ids.next(), owner, content, BIRTH));
      }
    });
  });
  afterAll(() => application.close());

  const totalOf = async (userId: string, where = {}, page = 1) =>
    (await todos.reader.list({ where: { owner: userId, ...where }, paging: { page, perPage: 10 } })).total;

  /** Whether the total was there already. */
  async function wasKnown(ask: () => Promise<unknown>): Promise<boolean> {
    const get = vi.spyOn(application.get(tokens.cache), 'get');
    await ask();
    const [found] = get.mock.results;
    get.mockRestore();
    return typeof found?.value === 'number';
  }

  it('are counted once for all pages, and for each question by itself', async () => {
    expect(await totalOf(owner)).toBe(MANY);
    expect(await wasKnown(() => totalOf(owner, {}, 2))).toBe(true);
    expect(await totalOf(owner, {}, 2)).toBe(MANY);
    expect(await totalOf(owner, {}, MANY)).toBe(MANY);
    expect(await totalOf(owner, { completed: false })).toBe(1000);
    expect(await totalOf(owner, { completed: false }, 3)).toBe(1000);
  });

  it('are true as soon as one was added, changed or removed', async () => {
    await totalOf(owner);
    const { id } = await storedTodo(application, owner);
    expect(await totalOf(owner)).toBe(MANY + 1);
    const open = await totalOf(owner, { completed: false });
    await todos.work.run(async work => (await work.todos.get(id))?.change({ completed: true }, new Date()));
    expect(await totalOf(owner, { completed: false })).toBe((open ?? 0) - 1);
    await todos.work.run(work => work.todos.removeSomeOf(owner, 1));
    expect(await totalOf(owner)).toBe(MANY);
  });

  it("are not counted anew when somebody else's were written", async () => {
    await totalOf(owner);
    await storedTodo(application, other);
    expect(await wasKnown(() => totalOf(owner))).toBe(true);
    expect(await totalOf(other)).toBe(1);
  });

  it('are not kept where they are small', async () => {
    await totalOf(other);
    expect(await wasKnown(() => totalOf(other))).toBe(false);
  });

  it('are counted anew inside of a transaction, of which others learn nothing', async () => {
    const before = await totalOf(owner);
    const { answerWork } = tokens;
    const failed = application.get(answerWork).run(({ join }) =>
      join(async () => {
        await storedTodo(application, owner);
        expect(await totalOf(owner)).toBe((before ?? 0) + 1);
        throw new Error('undone');
      }),
    );
    await expect(failed).rejects.toThrow('undone');
    expect(await totalOf(owner)).toBe(before);
  });
});

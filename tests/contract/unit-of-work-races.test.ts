import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { VersionMismatch } from '../../src/kernel/errors.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import type { TodoStorage } from '../../src/modules/todos/application/ports.ts';
import type { Todo } from '../../src/modules/todos/domain/todo.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { storedUser } from '../support/people.ts';
import { storedTodo } from '../support/todos.ts';

const LATER = new Date('2026-11-24T12:00:00.000Z');
const WRITERS = 20;
const MARKS = Array.from({ length: WRITERS }, (_, number) => `<${number}>`);

describe.each(STORAGES)('races between transactions on %s', storage => {
  let application: TestApplication;
  let todos: TodoStorage;
  let owner: User;

  beforeAll(async () => {
    application = await testApplication(storage);
    todos = application.get(tokens.todoStorage);
    owner = await storedUser(application);
  });
  afterAll(() => application.close());

  const keptTodo = (text = 'start') => storedTodo(application, owner.id, text);

  const append = (todo: Todo, mark: string, { retry }: { retry: boolean }) =>
    todos.work.run(
      async work => {
        const found = await work.todos.get(todo.id);
        found?.change({ text: `${found.text}${mark}` }, LATER);
      },
      { retry },
    );

  /**
   * Reads in one transaction, lets another one change the same row, then writes in the first. Where writers are
   * serial the second cannot come in between, so it is started only.
   */
  async function interleaved(todo: Todo, write: (found: Todo) => Promise<void> | void) {
    const read = Promise.withResolvers<void>();
    const mayWrite = Promise.withResolvers<void>();
    const first = todos.work.run(async work => {
      const found = await work.todos.get(todo.id);
      read.resolve();
      await mayWrite.promise;
      if (found) await write(found);
      return work;
    });
    await read.promise;
    const second = append(todo, ' second', { retry: false });
    if (storage === 'postgresql') await second;
    mayWrite.resolve();
    const [one, two] = await Promise.allSettled([first, second]);
    return { first: one, second: two };
  }

  it('are lost by nobody when twenty writers of one row may retry', async () => {
    const todo = await keptTodo();
    await Promise.all(MARKS.map(mark => append(todo, mark, { retry: true })));
    const stored = await todos.reader.find(todo.id);
    expect(stored?.version).toBe(1 + WRITERS);
    for (const mark of MARKS) expect(stored?.text).toContain(mark);
    expect(stored?.text).toHaveLength('start'.length + MARKS.join('').length);
  });

  it('lose no update when twenty writers of one row may not retry: who fails has written nothing', async () => {
    const todo = await keptTodo();
    const outcomes = await Promise.allSettled(MARKS.map(mark => append(todo, mark, { retry: false })));
    const won = MARKS.filter((_, number) => outcomes[number]?.status === 'fulfilled');
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(VersionMismatch);
    if (storage !== 'postgresql') expect(won).toHaveLength(WRITERS);
    const stored = await todos.reader.find(todo.id);
    expect(stored?.version).toBe(1 + won.length);
    expect(stored?.text).toHaveLength('start'.length + won.join('').length);
    for (const mark of won) expect(stored?.text).toContain(mark);
  });

  it('refuse a write of what another transaction changed in between, or come one after the other', async () => {
    const todo = await keptTodo();
    const { first, second } = await interleaved(todo, found =>
      found.change({ text: `${found.text} first` }, LATER),
    );
    expect(second.status).toBe('fulfilled');
    if (storage === 'postgresql') {
      expect(first).toMatchObject({ status: 'rejected', reason: expect.any(VersionMismatch) });
      expect(await todos.reader.find(todo.id)).toMatchObject({ text: 'start second', version: 2 });
    } else {
      expect(first.status).toBe('fulfilled');
      expect(await todos.reader.find(todo.id)).toMatchObject({ text: 'start first second', version: 3 });
    }
  });

  it('run the work again from its start where it may be retried', async () => {
    const todo = await keptTodo();
    const seen: string[] = [];
    const read = Promise.withResolvers<void>();
    const mayWrite = Promise.withResolvers<void>();
    const first = todos.work.run(
      async work => {
        const found = await work.todos.get(todo.id);
        seen.push(found?.text ?? '');
        read.resolve();
        await mayWrite.promise;
        found?.change({ text: `${found.text} first` }, LATER);
      },
      { retry: true },
    );
    await read.promise;
    const second = append(todo, ' second', { retry: false });
    if (storage === 'postgresql') await second;
    mayWrite.resolve();
    await Promise.all([first, second]);
    const text = storage === 'postgresql' ? 'start second first' : 'start first second';
    expect(seen).toEqual(storage === 'postgresql' ? ['start', 'start second'] : ['start']);
    expect(await todos.reader.find(todo.id)).toMatchObject({ text, version: 3 });
  });

  it('do not retry what failed for another reason', async () => {
    let tries = 0;
    const work = todos.work.run(
      async () => {
        tries += 1;
        throw new RangeError('not a race');
      },
      { retry: true },
    );
    await expect(work).rejects.toBeInstanceOf(RangeError);
    expect(tries).toBe(1);
  });

  it('refuse the removal of a row that changed since it was read', async () => {
    const todo = await keptTodo();
    const stale = await todos.work.run(async work => work.todos.get(todo.id));
    await append(todo, ' changed', { retry: false });
    const removal = todos.work.run(async work => {
      if (stale) await work.todos.remove(stale);
    });
    await expect(removal).rejects.toBeInstanceOf(VersionMismatch);
    expect(await todos.reader.find(todo.id)).toMatchObject({ text: 'start changed', version: 2 });
  });

  it('refuse the removal of a row that was removed since it was read', async () => {
    const todo = await keptTodo();
    const stale = await todos.work.run(async work => work.todos.get(todo.id));
    const remove = () =>
      todos.work.run(async work => {
        if (stale) await work.todos.remove(stale);
      });
    await remove();
    await expect(remove()).rejects.toBeInstanceOf(VersionMismatch);
  });

  it('refuse a change of a row that was removed in between', async () => {
    const todo = await keptTodo();
    const read = Promise.withResolvers<void>();
    const mayWrite = Promise.withResolvers<void>();
    const change = todos.work.run(async work => {
      const found = await work.todos.get(todo.id);
      read.resolve();
      await mayWrite.promise;
      found?.change({ text: 'too late' }, LATER);
    });
    await read.promise;
    const removal = todos.work.run(
      async work => {
        const found = await work.todos.get(todo.id);
        if (found) await work.todos.remove(found);
      },
      { retry: true },
    );
    if (storage === 'postgresql') await removal;
    mayWrite.resolve();
    const [changed] = await Promise.allSettled([change, removal]);
    if (storage === 'postgresql')
      expect(changed).toMatchObject({ status: 'rejected', reason: expect.any(VersionMismatch) });
    expect(await todos.reader.find(todo.id)).toBeUndefined();
  });

  it('do not touch other rows: transactions of different rows all succeed without a retry', async () => {
    const rows = await Promise.all(MARKS.map(mark => keptTodo(mark)));
    await Promise.all(rows.map(todo => append(todo, ' changed', { retry: false })));
    const stored = await Promise.all(rows.map(({ id }) => todos.reader.find(id)));
    expect(stored.map(todo => todo?.text)).toEqual(MARKS.map(mark => `${mark} changed`));
  });
});

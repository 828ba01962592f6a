import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { ListQuery } from '../../src/kernel/list.ts';
import type { TodoStorage } from '../../src/modules/todos/application/ports.ts';
import { Todo } from '../../src/modules/todos/domain/todo.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { DIFFICULT_TEXTS, DIFFICULT_TIMES } from '../support/texts.ts';

const UNKNOWN_ID = '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47';
const PAGE = { page: 1, perPage: 100 };

describe.each(STORAGES)('the storage of to-dos on %s', storage => {
  let application: TestApplication;
  let todos: TodoStorage;
  let owner: string;

  beforeAll(async () => {
    application = await testApplication(storage);
    todos = application.get(tokens.todoStorage);
    owner = (await storedUser(application)).id;
  });
  afterAll(() => application.close());

  async function stored(text: string, { at = BIRTH, completed = false, by = owner } = {}): Promise<Todo> {
    const todo = new Todo(application.get(tokens.ids).next(), by, { text, completed }, at);
    await todos.work.run(async work => work.todos.add(todo));
    return todo;
  }

  const texts = async (query: Omit<ListQuery, 'paging'> & Partial<ListQuery>) =>
    (await todos.reader.list({ paging: PAGE, ...query })).rows.map(({ text }) => text);

  it('keeps every field', async () => {
    const todo = await stored('Water the plants', { completed: true });
    const fields = {
      id: todo.id,
      userId: owner,
      text: 'Water the plants',
      completed: true,
      createdAt: BIRTH,
      updatedAt: BIRTH,
      version: 1,
    };
    const found = await todos.work.run(async work => work.todos.get(todo.id));
    expect(found).toBeInstanceOf(Todo);
    expect(found).not.toBe(todo);
    expect({ ...found }).toEqual(fields);
    expect({ ...(await todos.reader.find(todo.id)) }).toEqual(fields);
  });

  it('keeps changes to every field that can change', async () => {
    const todo = await stored('before');
    const later = new Date('2027-01-01T00:00:00.001Z');
    await todos.work.run(async work =>
      (await work.todos.get(todo.id))?.change({ text: 'after', completed: true }, later),
    );
    expect({ ...(await todos.reader.find(todo.id)) }).toEqual({
      ...todo,
      text: 'after',
      completed: true,
      updatedAt: later,
      version: 2,
    });
  });

  it.each(DIFFICULT_TEXTS)('keeps the text %j', async text => {
    const { id } = await stored(text);
    expect((await todos.reader.find(id))?.text).toBe(text);
    expect((await todos.work.run(async work => work.todos.get(id)))?.text).toBe(text);
  });

  it.each(DIFFICULT_TEXTS)('keeps a change to the text %j', async text => {
    const { id } = await stored('before');
    await todos.work.run(async work => (await work.todos.get(id))?.change({ text }, BIRTH));
    expect((await todos.reader.find(id))?.text).toBe(text);
  });

  it('keeps the longest text', async () => {
    const { id } = await stored('💙'.repeat(500));
    expect((await todos.reader.find(id))?.text).toBe('💙'.repeat(500));
  });

  it.each(DIFFICULT_TIMES)('keeps the time %s', async time => {
    const { id } = await stored('timed', { at: new Date(time) });
    expect((await todos.reader.find(id))?.createdAt.toISOString()).toBe(time);
    const found = await todos.work.run(async work => work.todos.get(id));
    expect(found?.updatedAt.toISOString()).toBe(time);
  });

  it.each(DIFFICULT_TIMES)('keeps a change at the time %s', async time => {
    const { id } = await stored('timed');
    await todos.work.run(async work => (await work.todos.get(id))?.change({ text: 'x' }, new Date(time)));
    expect((await todos.reader.find(id))?.updatedAt.toISOString()).toBe(time);
  });

  it('finds nothing under an unknown id', async () => {
    expect(await todos.work.run(async work => work.todos.get(UNKNOWN_ID))).toBeUndefined();
    expect(await todos.reader.find(UNKNOWN_ID)).toBeUndefined();
  });

  it('lists nothing for somebody who has nothing', async () => {
    const where = { owner: UNKNOWN_ID };
    expect(await todos.reader.list({ where, paging: PAGE })).toMatchObject({ rows: [], total: 0 });
    expect(await todos.reader.list({ where, paging: { page: 7, perPage: 10 } })).toMatchObject({
      rows: [],
      total: 0,
    });
  });

  it('lists whole views, those of one person, of one state, or both', async () => {
    const by = (await storedUser(application)).id;
    const open = await stored('open', { by });
    const done = await stored('done', { by, completed: true, at: new Date(BIRTH.getTime() + 1) });
    const page = await todos.reader.list({ where: { owner: by }, paging: PAGE });
    expect(page).toMatchObject({ total: 2 });
    expect(page.rows.map(row => ({ ...row }))).toEqual([{ ...done }, { ...open }]);
    expect(await texts({ where: { owner: by, completed: true } })).toEqual(['done']);
    expect(await texts({ where: { owner: by, completed: false } })).toEqual(['open']);
    expect(await texts({ where: { owner: by, completed: undefined } })).toEqual(['done', 'open']);
  });

  it('lists what changed and what was removed as it is now', async () => {
    const by = (await storedUser(application)).id;
    const [changed, removed] = [await stored('changed', { by }), await stored('removed', { by })];
    await todos.work.run(async work => {
      (await work.todos.get(changed.id))?.change({ completed: true }, BIRTH);
      const found = await work.todos.get(removed.id);
      if (found) await work.todos.remove(found);
    });
    expect(await texts({ where: { owner: by } })).toEqual(['changed']);
    expect(await texts({ where: { owner: by, completed: false } })).toEqual([]);
  });

  it('orders by either time, up or down, and by id where the times are the same', async () => {
    const by = (await storedUser(application)).id;
    const [early, late] = [new Date('1969-12-31T23:59:59.999Z'), new Date('1970-01-01T00:00:00.001Z')];
    const first = await stored('early', { by, at: early });
    await stored('late', { by, at: late });
    await stored('late, greater id', { by, at: late });
    await todos.work.run(async work =>
      (await work.todos.get(first.id))?.change({ text: 'early, changed' }, new Date(late.getTime() + 1)),
    );
    const where = { owner: by };
    const newest = ['late, greater id', 'late', 'early, changed'];
    expect(await texts({ where })).toEqual(newest);
    expect(await texts({ where, sort: { key: 'created_at', descending: true } })).toEqual(newest);
    expect(await texts({ where, sort: { key: 'created_at', descending: false } })).toEqual(
      newest.toReversed(),
    );
    const lastChanged = ['early, changed', 'late, greater id', 'late'];
    expect(await texts({ where, sort: { key: 'updated_at', descending: true } })).toEqual(lastChanged);
    expect(await texts({ where, sort: { key: 'updated_at', descending: false } })).toEqual(
      lastChanged.toReversed(),
    );
  });

  it('refuses a filter and an order that the list does not have', async () => {
    await expect(todos.reader.list({ where: { text: 'x' }, paging: PAGE })).rejects.toThrow('text');
    const sort = { key: 'text', descending: false };
    await expect(todos.reader.list({ sort, paging: PAGE })).rejects.toThrow('text');
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { allPages } from '../../src/kernel/all-pages.ts';
import { Todo } from '../../src/modules/todos/domain/todo.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, storedUser } from '../support/people.ts';

describe.each(STORAGES)('all pages of a list on %s', storage => {
  let application: TestApplication;
  let owner: string;
  beforeAll(async () => {
    application = await testApplication(storage);
  });
  afterAll(() => application.close());
  beforeEach(async () => {
    owner = (await storedUser(application)).id;
  });

  const add = (...texts: readonly string[]) =>
    application.get(tokens.todoStorage).work.run(async ({ todos }) => {
      for (const text of texts) {
        const id = application.get(tokens.ids).next();
        await todos.add(new Todo(id, owner, { text, completed: false }, BIRTH));
      }
    });

  const remove = (id: string) =>
    application.get(tokens.todoStorage).work.run(async ({ todos }) => {
      const todo = await todos.get(id);
      if (todo) await todos.remove(todo);
    });

  const pages = (perPage?: number) =>
    allPages(
      query => application.get(tokens.todoStorage).reader.list(query),
      { owner },
      { present: ({ id, text }) => ({ id, text }), ...(perPage !== undefined && { perPage }) },
    );

  async function textsOf(all: AsyncIterable<readonly { readonly text: string }[]>): Promise<string[][]> {
    const texts: string[][] = [];
    for await (const page of all) texts.push(page.map(({ text }) => text));
    return texts;
  }

  it('are one that is empty where nothing matches', async () => {
    expect(await textsOf(pages())).toEqual([[]]);
  });

  it.each([
    [2, [['e', 'd'], ['c', 'b'], ['a']]],
    [5, [['e', 'd', 'c', 'b', 'a']]],
    [1, [['e'], ['d'], ['c'], ['b'], ['a']]],
    [undefined, [['e', 'd', 'c', 'b', 'a']]],
  ])('have %s rows each, in the order of the list', async (perPage, expected) => {
    await add('a', 'b', 'c', 'd', 'e');
    expect(await textsOf(pages(perPage))).toEqual(expected);
  });

  it('have every row once that was there all the time, whatever comes and goes', async () => {
    await add('a', 'b', 'c', 'd', 'e', 'f');
    const seen: string[] = [];
    for await (const page of pages(2)) {
      seen.push(...page.map(({ text }) => text));
      for (const { id } of page) await remove(id);
      await add(`new ${seen.length}`);
    }
    expect(seen).toEqual(['f', 'e', 'd', 'c', 'b', 'a']);
  });
});

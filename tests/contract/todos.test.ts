import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { Todo } from '../../src/modules/todos/domain/todo.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';

describe.each(STORAGES)('to-do storage on %s', storage => {
  let application: TestApplication;
  beforeAll(async () => {
    application = await testApplication(storage);
  });
  afterAll(() => application.close());
  it('keeps', async () => {
    const user = await application
      .get(tokens.createUser)
      .execute({ email: 'a@b.co', password: 'correct horse battery', role: 'member' });
    const { work, reader } = application.get(tokens.todoStorage);
    const todo = new Todo(
      application.get(tokens.ids).next(),
      user.id,
      { text: 'hello 💙 \u00e9', completed: true },
      new Date('2026-01-01T00:00:00.123Z'),
    );
    await work.run(({ todos }) => todos.add(todo));
    expect(await reader.find(todo.id)).toMatchObject({
      text: todo.text,
      completed: true,
      createdAt: todo.createdAt,
      version: 1,
    });
    await Promise.all(
      Array.from({ length: 20 }, (_, _i) =>
        work.run(
          async ({ todos }) => {
            const t = await todos.get(todo.id);
            t?.change({ text: `${t?.text}x` }, new Date());
          },
          { retry: true },
        ),
      ),
    );
    expect(await reader.find(todo.id)).toMatchObject({ text: todo.text + 'x'.repeat(20), version: 21 });
    await work.run(async ({ todos }) => {
      await todos.remove((await todos.get(todo.id))!);
    });
    expect(await reader.find(todo.id)).toBeUndefined();
  });
});

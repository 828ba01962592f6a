import { describe, expect, it, onTestFinished } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { Operation } from '../../src/modules/operations/domain/operation.ts';
import { Todo } from '../../src/modules/todos/domain/todo.ts';
import { UniqueViolation } from '../../src/platform/unique-violation.ts';
import { STORAGES, sqlStorageOf, testApplication } from '../support/application.ts';
import { GOOD_QUANTITIES, OPERATION } from '../support/operations.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { newSession } from '../support/sessions.ts';
import { DIFFICULT_TEXTS, DIFFICULT_TIMES } from '../support/texts.ts';

describe.each(STORAGES)('many at once on %s', storage => {
  async function setting() {
    const application = await testApplication(storage);
    onTestFinished(() => application.close());
    const owner = (await storedUser(application)).id;
    const nextId = () => application.get(tokens.ids).next();
    return { application, owner, nextId, storage: application.get(tokens.operationStorage) };
  }

  it('keep every field as it is kept one by one', async () => {
    const { owner, nextId, storage: operations } = await setting();
    const contents = [
      OPERATION,
      { ...OPERATION, figi: null, instrumentType: null, type: 'sell' as const },
      ...DIFFICULT_TEXTS.map(text => ({ ...OPERATION, figi: text, instrumentType: text })),
      ...DIFFICULT_TIMES.map(time => ({ ...OPERATION, date: new Date(time) })),
      ...GOOD_QUANTITIES.map(quantity => ({ ...OPERATION, quantity })),
    ];
    const make = (at: Date) => contents.map(content => new Operation(nextId(), owner, content, at));
    const [one, many] = [make(BIRTH), make(new Date(BIRTH.getTime() + 1))];
    await operations.work.run(async work => {
      for (const operation of one) await work.operations.add(operation);
      await work.operations.addAll(many);
    });
    for (const [index, operation] of many.entries()) {
      const { id, createdAt, updatedAt, ...kept } = (await operations.reader.find(operation.id)) ?? {};
      expect({ id, createdAt, updatedAt }).toEqual({
        id: operation.id,
        createdAt: operation.createdAt,
        updatedAt: operation.createdAt,
      });
      expect(await operations.reader.find(one[index]?.id ?? '')).toMatchObject(kept);
    }
  });

  it('can be loaded and changed like others', async () => {
    const { owner, nextId, storage: operations } = await setting();
    const operation = new Operation(nextId(), owner, OPERATION, BIRTH);
    await operations.work.run(work => work.operations.addAll([operation]));
    await operations.work.run(async work => {
      (await work.operations.get(operation.id))?.change({ quantity: '2' }, BIRTH);
    });
    expect(await operations.reader.find(operation.id)).toMatchObject({ quantity: '2', version: 2 });
  });

  it('are none of them there where one is there already, or the work fails', async () => {
    const { owner, nextId, storage: operations } = await setting();
    const [first, second] = [0, 1].map(() => new Operation(nextId(), owner, OPERATION, BIRTH)) as [
      Operation,
      Operation,
    ];
    await operations.work.run(work => work.operations.addAll([first]));
    const twice = operations.work.run(work => work.operations.addAll([second, first]));
    await expect(twice).rejects.toThrow(UniqueViolation);
    const failing = operations.work.run(async work => {
      await work.operations.addAll([second]);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await operations.reader.find(second.id)).toBeUndefined();
    await operations.work.run(work => work.operations.addAll([]));
  });

  it.runIf(storage !== 'memory')(
    'may have truth values and numbers, and nothing that is no plain column',
    async () => {
      const { application, owner, nextId } = await setting();
      const opened = sqlStorageOf(application);
      const todos = [true, false].map(
        completed => new Todo(nextId(), owner, { text: 'Water the plants', completed }, BIRTH),
      );
      await opened.database.transaction(transaction => transaction.addAll(todos));
      for (const todo of todos)
        expect({ ...(await application.get(tokens.todoStorage).reader.find(todo.id)) }).toEqual({ ...todo });
      const sessions = opened.database.transaction(transaction => transaction.addAll([newSession(owner)]));
      await expect(sessions).rejects.toThrow('sessions has a column of type JsonType');
    },
  );
});

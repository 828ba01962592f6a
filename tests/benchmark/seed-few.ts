import { createContainer } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { Operation } from '../../src/modules/operations/domain/operation.ts';
import { Post } from '../../src/modules/posts/domain/post.ts';
import { Task } from '../../src/modules/tasks/domain/task.ts';
import { Todo } from '../../src/modules/todos/domain/todo.ts';
import { loadSettings } from '../../src/platform/configuration/load-settings.ts';
import * as sample from './sample-data.ts';
import type { Place } from './storage-place.ts';

/** So many posts, to-dos, tasks and operations, all of the reader. */
export async function seedFew({ settings }: Place, amount: number): Promise<void> {
  const application = await createContainer({ ...loadSettings(settings), logLevel: 'warn' });
  const nextId = () => application.get(tokens.ids).next();
  try {
    const account = { ...sample.account(sample.READER), role: 'member' };
    const { id: reader } = await application.get(tokens.createUser).execute(account);
    const now = application.get(tokens.clock).now().getTime();
    const each = async (add: (index: number, time: Date) => Promise<void>) => {
      for (let index = 0; index < amount; index += 1) await add(index, new Date(now - index));
    };
    await application
      .get(tokens.postStorage)
      .work.run(({ posts }) =>
        each((index, time) => posts.add(new Post(nextId(), reader, sample.postText(index), time))),
      );
    await application.get(tokens.todoStorage).work.run(({ todos }) =>
      each((index, time) => {
        const content = { text: sample.todoText(index), completed: index % 3 === 0 };
        return todos.add(new Todo(nextId(), reader, content, time));
      }),
    );
    await application.get(tokens.taskStorage).work.run(({ tasks }) =>
      each((index, time) => {
        const content = { ...sample.taskContent(index), dueDate: null, assigneeId: reader, teamId: null };
        return tasks.add(new Task(nextId(), reader, content, time));
      }),
    );
    await application.get(tokens.operationStorage).work.run(({ operations }) =>
      each((index, time) => {
        const { instrument_type: instrumentType, ...content } = sample.operationContent(index);
        return operations.add(
          new Operation(nextId(), reader, { ...content, instrumentType, date: time }, time),
        );
      }),
    );
  } finally {
    await application.close();
  }
}

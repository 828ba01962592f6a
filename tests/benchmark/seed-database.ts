import { type Application, createContainer } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { Operation } from '../../src/modules/operations/domain/operation.ts';
import { Post } from '../../src/modules/posts/domain/post.ts';
import { Task } from '../../src/modules/tasks/domain/task.ts';
import { Todo } from '../../src/modules/todos/domain/todo.ts';
import { loadSettings } from '../../src/platform/configuration/load-settings.ts';
import * as sample from './sample-data.ts';
import type { Place } from './storage-place.ts';

/** Rows written in one transaction. */
const BATCH = 1000;

/** Rows are this far apart in time, the last one being the newest. */
const SPACING_MS = 1000;

/** Every which one of the to-dos is the reader's own. */
const OWN_EVERY = sample.ALL_TODOS / sample.OWN_TODOS;
const OWN_ENTRY_EVERY = sample.ALL_ENTRIES / sample.OWN_ENTRIES;

/** Fills an SQL database through the application's own storage, while no service runs on it. */
export async function seedDatabase({ settings }: Place): Promise<void> {
  const application = await createContainer({ ...loadSettings(settings), logLevel: 'warn' });
  try {
    const [reader] = await addPeople(application, [sample.READER, sample.WRITER]);
    if (reader === undefined) throw new Error('There is nobody to own a to-do.');
    await addPosts(application, await addPeople(application, sample.AUTHORS));
    const others = await addPeople(application, sample.OTHERS);
    await addTodos(application, reader, others);
    await addTasks(application, reader, others);
    await addOperations(application, reader, others);
  } finally {
    await application.close();
  }
}

async function addPeople(application: Application, usernames: readonly string[]): Promise<string[]> {
  const create = application.get(tokens.createUser);
  const ids = [];
  for (const username of usernames)
    ids.push((await create.execute({ ...sample.account(username), role: 'member' })).id);
  return ids;
}

async function addPosts(application: Application, authors: readonly string[]): Promise<void> {
  const { work } = application.get(tokens.postStorage);
  const ids = application.get(tokens.ids);
  await work.run(async ({ posts }) => {
    for (let index = 0; index < sample.POSTS; index += 1) {
      const author = sample.cyclic(authors, index);
      const time = timeOf(index, sample.POSTS, application);
      await posts.add(new Post(ids.next(), author, sample.postText(index), time));
    }
  });
}

async function addTodos(application: Application, reader: string, others: readonly string[]): Promise<void> {
  const { work } = application.get(tokens.todoStorage);
  const ids = application.get(tokens.ids);
  await inBatches(sample.ALL_TODOS, batch =>
    work.run(async ({ todos }) => {
      for (const index of batch) {
        const owner = index % OWN_EVERY === 0 ? reader : sample.cyclic(others, index);
        const content = { text: sample.todoText(index), completed: index % 3 === 0 };
        await todos.add(new Todo(ids.next(), owner, content, timeOf(index, sample.ALL_TODOS, application)));
      }
    }),
  );
}

async function addTasks(application: Application, reader: string, others: readonly string[]): Promise<void> {
  const { work } = application.get(tokens.taskStorage);
  await inBatches(sample.ALL_ENTRIES, batch =>
    work.run(async ({ tasks }) => {
      for (const index of batch) {
        const author = index % OWN_ENTRY_EVERY === 0 ? reader : sample.cyclic(others, index);
        const nobody = { dueDate: null, assigneeId: null, teamId: null };
        const time = timeOf(index, sample.ALL_ENTRIES, application);
        const content = { ...sample.taskContent(index), ...nobody };
        await tasks.add(new Task(application.get(tokens.ids).next(), author, content, time));
      }
    }),
  );
}

async function addOperations(
  application: Application,
  reader: string,
  others: readonly string[],
): Promise<void> {
  const { work } = application.get(tokens.operationStorage);
  const operationOf = (index: number) => {
    const owner = index % OWN_ENTRY_EVERY === 0 ? reader : sample.cyclic(others, index);
    const { instrument_type: instrumentType, ...content } = sample.operationContent(index);
    const date = timeOf(index, sample.ALL_ENTRIES, application);
    return new Operation(
      application.get(tokens.ids).next(),
      owner,
      { ...content, instrumentType, date },
      date,
    );
  };
  await inBatches(sample.ALL_ENTRIES, batch =>
    work.run(({ operations }) => operations.addAll(batch.map(operationOf))),
  );
}

async function inBatches(amount: number, add: (indices: readonly number[]) => Promise<void>): Promise<void> {
  for (let start = 0; start < amount; start += BATCH)
    await add(Array.from({ length: Math.min(BATCH, amount - start) }, (_, index) => start + index));
}

function timeOf(index: number, amount: number, application: Application): Date {
  return new Date(application.get(tokens.clock).now().getTime() - (amount - index) * SPACING_MS);
}

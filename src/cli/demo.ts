import { faker } from '@faker-js/faker';
import { Presets, SingleBar } from 'cli-progress';
import type { Application } from '../composition/container.ts';
import { tokens } from '../composition/tokens.ts';
import { EmailTaken, UsernameTaken } from '../modules/identity/domain/account-errors.ts';
import { Post } from '../modules/posts/domain/post.ts';
import { Todo } from '../modules/todos/domain/todo.ts';
import { StartError } from '../platform/configuration/settings.ts';
import { withApplication } from './with-application.ts';

interface Options {
  readonly users: string;
  readonly posts: string;
  readonly todos: string;
}

/** The same numbers give the same people and texts. */
const SEED = 20261123;

/** Rows written in one transaction: long enough to be quick, short enough to let others write in between. */
const BATCH = 200;

const DAY = 86_400_000;

const PASSWORD = 'atrium demo people';

export async function fillWithDemoData(options: Options): Promise<void> {
  const counts = {
    users: count('users', options.users),
    posts: count('posts', options.posts),
    todos: count('todos', options.todos),
  };
  faker.seed(SEED);
  await withApplication(async application => {
    const bar = new SingleBar(
      { format: '{bar} {value}/{total} {what}', stream: process.stderr },
      Presets.shades_classic,
    );
    bar.start(counts.users + counts.posts + counts.todos, 0, { what: 'people' });
    try {
      const people = await addPeople(application, counts.users, bar);
      await addPosts(application, people, counts.posts, bar);
      await addTodos(application, people, counts.todos, bar);
    } finally {
      bar.stop();
    }
  });
  console.log(`Added ${counts.users} people, ${counts.posts} posts and ${counts.todos} to-dos.`);
  console.log(`Everybody's password is "${PASSWORD}"; their user names are demo1, demo2 and so on.`);
}

function count(name: string, text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new StartError(`--${name} must be a number, not "${text}".`);
  return Number(text);
}

/** Names that are taken, by people of an earlier run, are passed over. */
async function addPeople(application: Application, amount: number, bar: SingleBar): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 1; ids.length < amount; number += 1) {
    const id = await addPerson(application, `demo${number}`);
    if (id === undefined) continue;
    ids.push(id);
    bar.increment(1, { what: 'people' });
  }
  return ids;
}

async function addPerson(application: Application, username: string): Promise<string | undefined> {
  const email = `${username}@example.org`;
  const person = {
    email,
    username,
    fullName: faker.person.fullName(),
    password: PASSWORD,
    role: 'member',
  } as const;
  try {
    return (await application.get(tokens.createUser).execute(person)).id;
  } catch (error) {
    if (error instanceof EmailTaken || error instanceof UsernameTaken) return undefined;
    throw error;
  }
}

async function addPosts(
  application: Application,
  people: readonly string[],
  amount: number,
  bar: SingleBar,
): Promise<void> {
  const { work } = application.get(tokens.postStorage);
  const ids = application.get(tokens.ids);
  for (const size of batches(people.length > 0 ? amount : 0)) {
    const batch = Array.from({ length: size }, () => {
      const text = {
        title: faker.lorem.sentence({ min: 3, max: 8 }),
        content: faker.lorem.paragraphs({ min: 1, max: 5 }),
      };
      return new Post(ids.next(), faker.helpers.arrayElement(people), text, recentTime(application));
    });
    await work.run(async ({ posts }) => {
      for (const post of batch) await posts.add(post);
    });
    bar.increment(size, { what: 'posts' });
  }
}

async function addTodos(
  application: Application,
  people: readonly string[],
  amount: number,
  bar: SingleBar,
): Promise<void> {
  const { work } = application.get(tokens.todoStorage);
  const ids = application.get(tokens.ids);
  for (const size of batches(people.length > 0 ? amount : 0)) {
    const batch = Array.from({ length: size }, () => {
      const content = { text: faker.hacker.phrase(), completed: faker.datatype.boolean(0.4) };
      return new Todo(ids.next(), faker.helpers.arrayElement(people), content, recentTime(application));
    });
    await work.run(async ({ todos }) => {
      for (const todo of batch) await todos.add(todo);
    });
    bar.increment(size, { what: 'to-dos' });
  }
}

function* batches(amount: number): Generator<number> {
  for (let left = amount; left > 0; left -= BATCH) yield Math.min(left, BATCH);
}

function recentTime(application: Application): Date {
  const now = application.get(tokens.clock).now().getTime();
  return new Date(now - faker.number.int({ min: 0, max: 90 * DAY }));
}

import { faker } from '@faker-js/faker';
import { Presets, SingleBar } from 'cli-progress';
import { StartError } from '../platform/configuration/settings.ts';
import { addMessages, addRooms } from './demo/demo-chat.ts';
import { addOperations } from './demo/demo-operations.ts';
import { addPeople, PASSWORD } from './demo/demo-people.ts';
import { addHeroes, addTeams } from './demo/demo-roster.ts';
import { addTasks } from './demo/demo-tasks.ts';
import { addPosts, addTodos } from './demo/demo-texts.ts';
import { DemoWorld } from './demo/demo-world.ts';
import { withApplication } from './with-application.ts';

/** The same numbers give the same people and texts. */
const SEED = 20261123;

/** A thousandfold is a million operations. */
const LARGEST_SCALE = 1000;

/** Of everything, at a scale of one. */
const AMOUNTS = { posts: 100, todos: 200, tasks: 200, operations: 1000, messages: 300 } as const;

/** These grow with the root of the scale: ten times as many people do more than ten times as much. */
const SLOW_AMOUNTS = { users: 10, teams: 3, rooms: 3 } as const;

type Counts = Readonly<Record<keyof typeof AMOUNTS | keyof typeof SLOW_AMOUNTS, number>>;

type Options = Readonly<Partial<Record<keyof Counts | 'scale', string>>>;

export async function fillWithDemoData(options: Options): Promise<void> {
  const counts = countsOf(options);
  const heroes = counts.teams > 0 ? counts.users : 0;
  faker.seed(SEED);
  await withApplication(async application => {
    const bar = new SingleBar(
      { format: '{bar} {value}/{total} {what}', stream: process.stderr },
      Presets.shades_classic,
    );
    const all = Object.values(counts).reduce((sum, amount) => sum + amount, heroes);
    bar.start(all, 0, { what: 'people' });
    try {
      const world = new DemoWorld(application, bar);
      await addPeople(world, counts.users);
      await addTeams(world, counts.teams);
      await addHeroes(world, heroes);
      await addPosts(world, counts.posts);
      await addTodos(world, counts.todos);
      await addTasks(world, counts.tasks);
      await addOperations(world, counts.operations);
      await addRooms(world, counts.rooms);
      await addMessages(world, counts.messages);
    } finally {
      bar.stop();
    }
  });
  const { users, teams, posts, todos, tasks, operations, rooms, messages } = counts;
  console.log(
    `Added ${users} people, ${teams} teams, ${posts} posts, ${todos} to-dos, ${tasks} tasks, ${operations} operations and ${messages} messages in ${rooms} rooms.`,
  );
  console.log(`Everybody's password is "${PASSWORD}"; their user names are demo1, demo2 and so on.`);
}

/** Without anybody there is nobody to write anything. */
function countsOf(options: Options): Counts {
  const scale = count('scale', options.scale ?? '1');
  if (scale < 1 || scale > LARGEST_SCALE) throw new StartError(`--scale must be 1 to ${LARGEST_SCALE}.`);
  const amount = (name: keyof Counts, usual: number) => {
    const given = options[name];
    return given === undefined ? Math.round(usual) : count(name, given);
  };
  const users = amount('users', SLOW_AMOUNTS.users * Math.sqrt(scale));
  const ofPeople = (name: keyof typeof AMOUNTS) => (users > 0 ? amount(name, AMOUNTS[name] * scale) : 0);
  const rooms = users > 0 ? amount('rooms', SLOW_AMOUNTS.rooms * Math.sqrt(scale)) : 0;
  return {
    users,
    teams: amount('teams', SLOW_AMOUNTS.teams * Math.sqrt(scale)),
    posts: ofPeople('posts'),
    todos: ofPeople('todos'),
    tasks: ofPeople('tasks'),
    operations: ofPeople('operations'),
    rooms,
    messages: rooms > 0 ? ofPeople('messages') : 0,
  };
}

function count(name: string, text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new StartError(`--${name} must be a number, not "${text}".`);
  return Number(text);
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { Position, Sort } from '../../src/kernel/list.ts';
import { Hero } from '../../src/modules/roster/domain/hero.ts';
import { Membership } from '../../src/modules/roster/domain/membership.ts';
import { Team } from '../../src/modules/roster/domain/team.ts';
import type { TaskReader } from '../../src/modules/tasks/application/ports.ts';
import { Task } from '../../src/modules/tasks/domain/task.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, storedUser } from '../support/people.ts';

const TASKS = 300;
const TEAMS = 30;
const CONTENT = { description: null, dueDate: null };

/** The teams of each viewer: none, some, and more than are looked through one by one. */
const MEMBERS = { loner: 0, member: 3, everywhere: 25 } as const;

describe.each(STORAGES)('the tasks that somebody may see on %s', storage => {
  let application: TestApplication;
  let reader: TaskReader;
  const people: Record<string, string> = {};
  const teams: string[] = [];
  const tasks: Task[] = [];

  beforeAll(async () => {
    application = await testApplication(storage);
    ({ reader } = application.get(tokens.taskStorage));
    const nextId = () => application.get(tokens.ids).next();
    const at = (number: number) => new Date(BIRTH.getTime() + number);
    for (const name of [...Object.keys(MEMBERS), 'other']) people[name] = (await storedUser(application)).id;
    await application.get(tokens.rosterStorage).work.run(async work => {
      for (let number = 0; number < TEAMS; number += 1) {
        const team = new Team(nextId(), { name: `Team ${number}`, headquarters: null }, BIRTH);
        await work.teams.add(team);
        teams.push(team.id);
      }
      for (const [name, amount] of Object.entries(MEMBERS)) {
        const content = { name, secretName: null, age: null, userId: people[name] ?? null };
        const hero = new Hero(nextId(), content, BIRTH);
        await work.heroes.add(hero);
        for (const team of teams.slice(0, amount))
          await work.memberships.add(new Membership(team, hero.id, false, BIRTH));
      }
    });
    const whose = [...Object.values(people), people.other, people.other];
    await application.get(tokens.taskStorage).work.run(async work => {
      for (let number = 0; number < TASKS; number += 1) {
        const content = {
          ...CONTENT,
          title: `Task ${number}`,
          completed: number % 4 === 0,
          assigneeId: whose[(number * 7) % whose.length] ?? null,
          teamId: number % 3 === 0 ? (teams[number % TEAMS] ?? null) : null,
        };
        // Some are of the same time, so that their ids decide.
        const task = new Task(nextId(), whose[number % whose.length] ?? '', content, at(number >> 1));
        await work.tasks.add(task);
        tasks.push(task);
      }
    });
  });
  afterAll(() => application.close());

  function expected(name: keyof typeof MEMBERS, { descending }: Sort, completed?: boolean): string[] {
    const viewer = people[name];
    const own = new Set<string | null>(teams.slice(0, MEMBERS[name]));
    return tasks
      .filter(task => task.authorId === viewer || task.assigneeId === viewer || own.has(task.teamId))
      .filter(task => completed === undefined || task.completed === completed)
      .toSorted((a, b) => Number(a.createdAt) - Number(b.createdAt) || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id)
      [descending ? 'toReversed' : 'slice']();
  }

  const cases = (Object.keys(MEMBERS) as (keyof typeof MEMBERS)[]).flatMap(name =>
    [true, false].flatMap(descending =>
      [undefined, true].map(completed => ({ name, sort: { key: 'created_at', descending }, completed })),
    ),
  );

  it.each(cases)('are all theirs and no others, page by page: $name $sort $completed', async asked => {
    const { name, sort, completed } = asked;
    const query = { viewer: people[name] ?? '', sort, where: { completed } };
    const found: string[] = [];
    expect(expected(name, sort, completed)).not.toEqual([]);
    for (let page = 1; ; page += 1) {
      const { rows, total } = await reader.list({ ...query, paging: { page, perPage: 7 } });
      found.push(...rows.map(({ id }) => id));
      expect(total).toBe(expected(name, sort, completed).length);
      if (rows.length === 0) break;
    }
    expect(found).toEqual(expected(name, sort, completed));
  });

  it.each(cases)('are the same by keyset: $name $sort $completed', async ({ name, sort, completed }) => {
    const query = { viewer: people[name] ?? '', sort, where: { completed } };
    const found: string[] = [];
    let after: Position | undefined;
    do {
      const page = await reader.list({ ...query, paging: { after, perPage: 7, count: false } });
      found.push(...page.rows.map(({ id }) => id));
      after = page.next;
    } while (after);
    expect(found).toEqual(expected(name, sort, completed));
  });

  it('are found by words among theirs only', async () => {
    for (const name of Object.keys(MEMBERS) as (keyof typeof MEMBERS)[]) {
      const asked = { viewer: people[name] ?? '', words: ['task'], paging: { page: 1, perPage: 100 } };
      const { rows, total } = await reader.list(asked);
      const all = expected(name, { key: 'created_at', descending: true });
      expect(rows.map(({ id }) => id)).toEqual(all.slice(0, 100));
      expect(total).toBe(all.length);
    }
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { ListQuery, Page } from '../../src/kernel/list.ts';
import { mikroOrmIdentity } from '../../src/modules/identity/adapters/mikro-orm/mikro-orm-identity.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { mikroOrmOperations } from '../../src/modules/operations/adapters/mikro-orm/mikro-orm-operations.ts';
import type { SummaryQuery } from '../../src/modules/operations/application/ports.ts';
import { Operation } from '../../src/modules/operations/domain/operation.ts';
import { mikroOrmPosts } from '../../src/modules/posts/adapters/mikro-orm/mikro-orm-posts.ts';
import { Post } from '../../src/modules/posts/domain/post.ts';
import { Hero } from '../../src/modules/roster/domain/hero.ts';
import { Membership } from '../../src/modules/roster/domain/membership.ts';
import { Team } from '../../src/modules/roster/domain/team.ts';
import { mikroOrmTasks } from '../../src/modules/tasks/adapters/mikro-orm/mikro-orm-tasks.ts';
import { Task } from '../../src/modules/tasks/domain/task.ts';
import { mikroOrmTodos } from '../../src/modules/todos/adapters/mikro-orm/mikro-orm-todos.ts';
import { Todo } from '../../src/modules/todos/domain/todo.ts';
import type { Database } from '../../src/platform/mikro-orm/database.ts';
import type { SqlStorage } from '../../src/platform/storage.ts';
import { sqlStorageOf, type TestApplication, testApplication } from '../support/application.ts';
import { OPERATION } from '../support/operations.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { newSession } from '../support/sessions.ts';
import { noting, planOf } from '../support/statements.ts';

const ROWS = 2000;
const SORTS = /\bsort\b|temp b-tree/i;
const TASK = { description: null, dueDate: null, completed: false, teamId: null };
const FIRST_PAGE = { page: 1, perPage: 10 };

describe.each(['sqlite', 'postgresql'] as const)('lists of 2,000 rows on %s', storage => {
  let application: TestApplication;
  let database: Database;
  let jobs: SqlStorage['jobs'];
  let people: User[];

  beforeAll(async () => {
    application = await testApplication(storage);
    const opened = sqlStorageOf(application);
    ({ database, jobs } = opened);
    people = await Promise.all(Array.from({ length: 20 }, () => storedUser(application)));
    const at = (number: number) => new Date(BIRTH.getTime() + number);
    const by = (number: number) => people[number % people.length]?.id ?? '';
    const nextId = () => application.get(tokens.ids).next();
    await application.get(tokens.postStorage).work.run(async ({ posts }) => {
      for (let number = 0; number < ROWS; number += 1) {
        const text = { title: `Post ${number}`, content: `word${number} `.repeat(20) };
        await posts.add(new Post(nextId(), by(number), text, at(number)));
      }
    });
    await application.get(tokens.todoStorage).work.run(async ({ todos }) => {
      for (let number = 0; number < ROWS; number += 1) {
        const content = { text: `To-do ${number}`, completed: number % 2 === 0 };
        await todos.add(new Todo(nextId(), by(number), content, at(number)));
      }
    });
    await application.get(tokens.taskStorage).work.run(async ({ tasks }) => {
      for (let number = 0; number < ROWS; number += 1) {
        const content = { ...TASK, title: `Task ${number}`, assigneeId: by(number + 1) };
        await tasks.add(new Task(nextId(), by(number), content, at(number)));
      }
    });
    await application.get(tokens.rosterStorage).work.run(async ({ teams, heroes, memberships }) => {
      const team = new Team(nextId(), { name: 'Team', headquarters: null }, BIRTH);
      const content = { name: 'Hero', secretName: null, age: null, userId: by(3) };
      const hero = new Hero(nextId(), content, BIRTH);
      await teams.add(team);
      await heroes.add(hero);
      await memberships.add(new Membership(team.id, hero.id, false, BIRTH));
    });
    await application.get(tokens.operationStorage).work.run(async ({ operations }) => {
      for (let number = 0; number < ROWS; number += 1) {
        const instrumentType = number % 40 < 20 ? 'bond' : 'share';
        const type = number % 80 < 40 ? 'sell' : 'buy';
        const content = { ...OPERATION, instrumentType, type, date: at((number * 7919) % ROWS) } as const;
        await operations.add(new Operation(nextId(), by(number), content, at(number)));
      }
    });
    await application.get(tokens.identityStorage).work.run(async ({ sessions }) => {
      for (let number = 0; number < ROWS; number += 1)
        await sessions.add(newSession(by(number), { now: at(number) }));
    });
  });
  afterAll(() => application.close());

  /** The plan of the last statement that a list runs; there are no others but those that are expected. */
  async function planOfList(
    list: (storage: SqlStorage) => Promise<Page<unknown>>,
    statements = 1,
  ): Promise<string> {
    const { database: noted, ran } = noting(database);
    const { rows } = await list({ kind: 'sql', database: noted, jobs });
    expect(rows.length).toBeGreaterThan(0);
    expect(ran).toHaveLength(statements);
    return planOf(application.settings, ran.at(-1) ?? { sql: '', values: [] });
  }

  const planOfPosts = (query: ListQuery) => planOfList(on => mikroOrmPosts(on).reader.list(query));
  const planOfTodos = (query: ListQuery) => planOfList(on => mikroOrmTodos(on).reader.list(query));
  const planOfSessions = (query: ListQuery) => planOfList(on => mikroOrmIdentity(on).sessions.list(query));
  const planOfOperations = (query: ListQuery) => planOfList(on => mikroOrmOperations(on).reader.list(query));

  /** On SQLite the viewer's teams are looked up before. */
  const planOfTasks = (query: ListQuery & { readonly viewer: string }) =>
    planOfList(on => mikroOrmTasks(on).reader.list(query), 2);

  const upwards = (key: string) => ({ key, descending: false });
  const downwards = (key: string) => ({ key, descending: true });

  it.each<[string, string, ListQuery]>([
    ['as they come', 'posts_newest', { paging: FIRST_PAGE }],
    ['the oldest first', 'posts_newest', { sort: upwards('created_at'), paging: FIRST_PAGE }],
    ['the last updated first', 'posts_last_updated', { sort: downwards('updated_at'), paging: FIRST_PAGE }],
    ['by keyset', 'posts_newest', { paging: { after: undefined, perPage: 10, count: false } }],
    [
      'by keyset from the middle',
      'posts_newest',
      {
        paging: {
          after: { value: BIRTH.getTime() + 1000, id: '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47' },
          perPage: 10,
          count: false,
        },
      },
    ],
  ])('of posts, %s, use the index %s and sort nothing', async (_, index, query) => {
    const plan = await planOfPosts(query);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(SORTS);
  });

  it('of the posts of one author use an index and sort nothing', async () => {
    const plan = await planOfPosts({ where: { author: people[3]?.id }, paging: FIRST_PAGE });
    expect(plan).toMatch(/posts_by_author|posts_newest/);
    expect(plan).not.toMatch(SORTS);
  });

  it('of searched posts use the index of the words', async () => {
    const plan = await planOfPosts({ words: ['word1234'], paging: FIRST_PAGE });
    expect(plan).toContain(storage === 'sqlite' ? 'VIRTUAL TABLE INDEX' : 'posts_search');
  });

  it('of one person’s to-dos, whole or of one state, use an index and sort nothing', async () => {
    const owner = people[3]?.id;
    const whole = await planOfTodos({ where: { owner }, paging: FIRST_PAGE });
    expect(whole).toMatch(/todos_by_user\b/);
    expect(whole).not.toMatch(SORTS);
    const one = await planOfTodos({ where: { owner, completed: false }, paging: FIRST_PAGE });
    expect(one).toMatch(/todos_by_user/);
    expect(one).not.toMatch(SORTS);
    const sort = downwards('updated_at');
    const updated = await planOfTodos({ where: { owner }, sort, paging: FIRST_PAGE });
    expect(updated).toContain('todos_by_user_and_update');
    expect(updated).not.toMatch(SORTS);
  });

  it.each([
    ['by page', FIRST_PAGE],
    ['by keyset', { after: undefined, perPage: 10, count: false }],
  ])(
    'of the tasks that one person may see, %s, use an index for each way and read no others',
    async (_, paging) => {
      const plan = await planOfTasks({ viewer: people[3]?.id ?? '', paging });
      for (const way of ['author', 'assignee', 'team'])
        expect(plan).toMatch(new RegExp(`(COVERING INDEX|Index Only Scan using) tasks_by_${way} `));
      expect(plan).not.toMatch(/SCAN tasks|Seq Scan on tasks/);
      // Counting has to gather all of them; showing the first has not.
      if ('after' in paging) expect(plan).not.toMatch(/MULTI-INDEX OR|Bitmap/);
    },
  );

  const BY_KEYSET = { after: undefined, perPage: 10, count: false };
  const range = { from: new Date(BIRTH.getTime() + 500), before: new Date(BIRTH.getTime() + 1500) };

  it.each<[string, ListQuery['where'], string, RegExp]>([
    ['as they come', {}, 'created_at', /operations_by_user_and_\w+/],
    ['of one type', { type: 'sell' }, 'created_at', /operations_by_user_and_(type|creation)/],
    ['of one instrument type', { instrument_type: 'bond' }, 'created_at', /by_user_and_instrument_type/],
    ['the last updated first', {}, 'updated_at', /operations_by_user_and_update/],
    ['by their date', {}, 'date', /operations_by_user_and_date/],
    ['of some time, by their date', range, 'date', /operations_by_user_and_date/],
    ['of one type, by their date', { type: 'buy' }, 'date', /operations_by_user_and_date/],
  ])(
    'of one person’s operations, %s, use an index and sort nothing, by page or by keyset',
    async (_, filters, key, index) => {
      for (const paging of [FIRST_PAGE, BY_KEYSET])
        for (const sort of [downwards(key), upwards(key)]) {
          const where = { owner: people[3]?.id, ...filters };
          const plan = await planOfOperations({ where, sort, paging });
          expect(plan).toMatch(index);
          expect(plan).not.toMatch(SORTS);
          expect(plan).not.toMatch(/SCAN operations|Seq Scan on operations\b/);
        }
    },
  );

  it.each<[string, SummaryQuery['groupBy'], object]>([
    ['by type', 'type', {}],
    ['by instrument type, of one type', 'instrument_type', { type: 'buy' }],
    ['by month, of some time', 'month', range],
    ['by month, of one instrument type', 'month', { instrument_type: 'bond' }],
  ])('summed up %s, of one person, read nobody else’s', async (_, groupBy, filters) => {
    const { database: noted, ran } = noting(database);
    const { reader } = mikroOrmOperations({ kind: 'sql', database: noted, jobs });
    expect(
      (await reader.summary({ groupBy, where: { owner: people[3]?.id, ...filters } })).length,
    ).toBeGreaterThan(0);
    expect(ran).toHaveLength(storage === 'sqlite' ? 2 : 1);
    for (const statement of ran) {
      const plan = await planOf(application.settings, statement);
      expect(plan).toMatch(
        storage === 'sqlite' ? /COVERING INDEX operations_by_user_and_date/ : /operations_by_user/,
      );
      expect(plan).not.toMatch(/SCAN operations|Seq Scan on operations\b/);
    }
  });

  it('of one person’s operations of some time, as they come, read nobody else’s', async () => {
    const plan = await planOfOperations({ where: { owner: people[3]?.id, ...range }, paging: FIRST_PAGE });
    expect(plan).toMatch(/operations_by_user/);
    expect(plan).not.toMatch(/SCAN operations|Seq Scan on operations\b/);
  });

  it.each([
    ['as they come', undefined, /sessions_by_user\b/],
    ['the last used first', downwards('last_used_at'), /sessions_by_user_and_use/],
  ])('of one person’s live sessions, %s, use an index and sort nothing', async (_, sort, index) => {
    const where = { owner: people[3]?.id, live_at: BIRTH };
    const plan = await planOfSessions({ where, ...(sort && { sort }), paging: FIRST_PAGE });
    expect(plan).toMatch(index);
    expect(plan).not.toMatch(SORTS);
  });
});

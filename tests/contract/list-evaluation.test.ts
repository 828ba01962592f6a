import fc from 'fast-check';
import { uuidv7 } from 'uuidv7';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { ListQuery, Page, Paging, Position } from '../../src/kernel/list.ts';
import { searchWords } from '../../src/kernel/search-words.ts';
import type { PostView } from '../../src/modules/posts/application/ports.ts';
import { Post } from '../../src/modules/posts/domain/post.ts';
import type { TodoView } from '../../src/modules/todos/application/ports.ts';
import { Todo } from '../../src/modules/todos/domain/todo.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { newUser } from '../support/people.ts';

/** Fixed, so that a failure can be repeated. */
const SEED = 20261123;
const RUNS = 300;
const PEOPLE = 3;

const aWord = fc.constantFrom(
  ...['tea', 'teapot', 'Tea', 'té', 'straße', 'STRASSE', 'ﬁsh', 'fishing', 'ΟΔΟΣ', 'οδός', 'İzmir', 'ısı'],
  ...[
    '日本',
    '日本語',
    'and',
    'OR',
    'not',
    'near',
    '42',
    '4',
    '٤٢',
    '𐐀𐐁',
    '💙',
    '—',
    "o'clock",
    'ŉ',
    'ǅungla',
  ],
);
const aText = fc.array(aWord, { minLength: 1, maxLength: 6 }).map(words => words.join(' '));
/** Few different times, so that there are ties, on both sides of 1970. */
const aTime = fc.integer({ min: -5, max: 5 }).map(milliseconds => new Date(milliseconds));
const aPerson = fc.nat({ max: PEOPLE - 1 });

const samples = <T>(arbitrary: fc.Arbitrary<T>, count: number): T[] =>
  fc.sample(arbitrary, { seed: SEED, numRuns: count });

const postData = samples(
  fc.record({ by: aPerson, title: aText, content: aText, created: aTime, updated: aTime }),
  150,
);
const todoData = samples(
  fc.record({ by: aPerson, text: aText, completed: fc.boolean(), created: aTime, updated: aTime }),
  150,
);
const ids = Array.from({ length: 150 }, () => uuidv7());

const aSort = fc.option(
  fc.record({ key: fc.constantFrom('created_at', 'updated_at'), descending: fc.boolean() }),
  { nil: undefined },
);
const aPosition: fc.Arbitrary<Position> = fc.record({
  value: fc.integer({ min: -6, max: 6 }),
  id: fc.constantFrom(...ids, uuidv7(), '00000000-0000-0000-0000-000000000000'),
});
const aPaging: fc.Arbitrary<Paging> = fc.oneof(
  fc.record({ page: fc.integer({ min: 1, max: 20 }), perPage: fc.integer({ min: 1, max: 100 }) }),
  fc.record({
    after: fc.option(aPosition, { nil: undefined }),
    perPage: fc.integer({ min: 1, max: 100 }),
    count: fc.boolean(),
  }),
);
const someWords = fc
  .array(fc.oneof(aWord, fc.string({ unit: 'grapheme', maxLength: 5 })), { maxLength: 3 })
  .map(words => searchWords(words.join(' ')));

describe('the lists of all storages', () => {
  let applications: TestApplication[];
  const people = Array.from({ length: PEOPLE }, (_, number) => newUser({ username: `person-${number}` }));

  beforeAll(async () => {
    applications = await Promise.all(STORAGES.map(storage => testApplication(storage)));
    for (const application of applications) await fill(application);
  });
  afterAll(() => Promise.all(applications.map(application => application.close())));

  const idOf = (number: number) => people[number]?.id ?? '';

  async function fill(application: TestApplication): Promise<void> {
    await application.get(tokens.identityStorage).work.run(async ({ users }) => {
      for (const person of people) await users.add(newCopy(person));
    });
    await application.get(tokens.postStorage).work.run(async ({ posts }) => {
      for (const [index, { by, title, content, created }] of postData.entries())
        await posts.add(new Post(ids[index] as string, idOf(by), { title, content }, created));
    });
    await application.get(tokens.todoStorage).work.run(async ({ todos }) => {
      for (const [index, { by, text, completed, created }] of todoData.entries())
        await todos.add(new Todo(ids[index] as string, idOf(by), { text, completed }, created));
    });
    await change(application);
  }

  /** Edits a third, removes a tenth. */
  async function change(application: TestApplication): Promise<void> {
    await application.get(tokens.postStorage).work.run(async ({ posts }) => {
      for (const [index, { content, updated }] of postData.entries()) {
        const post = await posts.get(ids[index] as string);
        if (index % 3 === 0) post?.edit({ title: `${content} edited` }, updated);
        if (index % 10 === 5 && post) await posts.remove(post);
      }
    });
    await application.get(tokens.todoStorage).work.run(async ({ todos }) => {
      for (const [index, { completed, updated }] of todoData.entries()) {
        const todo = await todos.get(ids[index] as string);
        if (index % 3 === 0) todo?.change({ completed: !completed, text: 'changed' }, updated);
        if (index % 10 === 5 && todo) await todos.remove(todo);
      }
    });
  }

  const plain = <Row extends object>({ rows, total, next }: Page<Row>) => ({
    rows: rows.map(row => ({ ...row })),
    total,
    next,
  });

  async function answers<Row extends object>(
    list: (application: TestApplication) => Promise<Page<Row>>,
  ): Promise<ReturnType<typeof plain<Row>>[]> {
    return (await Promise.all(applications.map(list))).map(plain);
  }

  it('of posts give the same answers', { timeout: 120_000 }, async () => {
    const where = fc.record({ author: fc.option(aPerson.map(idOf), { nil: undefined }) });
    const aQuery: fc.Arbitrary<ListQuery> = fc
      .record({ where, words: someWords, paging: aPaging })
      .chain(query => aSort.map(sort => ({ ...query, ...(sort && { sort }) })));
    await fc.assert(
      fc.asyncProperty(aQuery, async query => {
        const [memory, sqlite, postgresql] = await answers<PostView>(application =>
          application.get(tokens.postStorage).reader.list(query),
        );
        expect(sqlite).toEqual(memory);
        expect(postgresql).toEqual(memory);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('of to-dos give the same answers', { timeout: 120_000 }, async () => {
    const where = fc.record({
      owner: fc.option(aPerson.map(idOf), { nil: undefined }),
      completed: fc.option(fc.boolean(), { nil: undefined }),
    });
    const aQuery: fc.Arbitrary<ListQuery> = fc
      .record({ where, paging: aPaging })
      .chain(query => aSort.map(sort => ({ ...query, ...(sort && { sort }) })));
    await fc.assert(
      fc.asyncProperty(aQuery, async query => {
        const [memory, sqlite, postgresql] = await answers<TodoView>(application =>
          application.get(tokens.todoStorage).reader.list(query),
        );
        expect(sqlite).toEqual(memory);
        expect(postgresql).toEqual(memory);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('find something: the samples are not all empty', async () => {
    const query = { words: ['tea'], paging: { page: 1, perPage: 100 } };
    for (const { total } of await answers<PostView>(application =>
      application.get(tokens.postStorage).reader.list(query),
    ))
      expect(total).toBeGreaterThan(10);
  });
});

/** Storages own what is added to them, so each gets its own. */
function newCopy<T extends object>(entity: T): T {
  return Object.assign(Object.create(Object.getPrototypeOf(entity)), entity);
}

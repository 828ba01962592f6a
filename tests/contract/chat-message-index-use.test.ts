import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { mikroOrmChat } from '../../src/modules/chat/adapters/mikro-orm/mikro-orm-chat.ts';
import type { ChatStorage } from '../../src/modules/chat/application/ports.ts';
import { PostMessages } from '../../src/modules/chat/application/post-messages.ts';
import type { Room } from '../../src/modules/chat/domain/room.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import type { SqlStorage } from '../../src/platform/storage.ts';
import { sqlStorageOf, type TestApplication, testApplication } from '../support/application.ts';
import { PRIVATE_ROOM, storedRoom } from '../support/chat.ts';
import { storedUser } from '../support/people.ts';
import {
  noting,
  notingWrites,
  planOf,
  planWithoutStatistics,
  type RanStatement,
} from '../support/statements.ts';

const ROOMS = 20;
const MESSAGES = 8000;
const AT_ONCE = 500;

/** Of one room. So many that sorting them would take longer than reading them in order. */
const EDITED = 300;

const SORTS = /\bsort\b|temp b-tree/i;
const WHOLE_TABLE = /(SCAN|Seq Scan on) (messages|rooms|room_members|read_marks)\b/;

describe.each(['sqlite', 'postgresql'] as const)('reads of 8,000 messages on %s', storage => {
  let application: TestApplication;
  let opened: SqlStorage;
  let people: User[];
  let rooms: Room[];
  let room: string;

  beforeAll(async () => {
    application = await testApplication(storage);
    const found = sqlStorageOf(application);
    opened = found;
    people = await Promise.all(Array.from({ length: 20 }, () => storedUser(application)));
    const idOf = (number: number) => people[number % people.length]?.id ?? '';
    const ids = people.map(({ id }) => id);
    rooms = await Promise.all(
      Array.from({ length: ROOMS }, (_, number) =>
        storedRoom(
          application,
          idOf(number),
          PRIVATE_ROOM,
          ids.filter(id => id !== idOf(number) && number < 10),
        ),
      ),
    );
    room = rooms[0]?.id ?? '';
    const { work } = application.get(tokens.chatStorage);
    const post = new PostMessages(work, application.get(tokens.ids), application.get(tokens.clock));
    // The room and its author by turns; half of the messages are in rooms where all are.
    for (let first = 0; first < MESSAGES; first += AT_ONCE)
      await post.execute(() =>
        Array.from({ length: AT_ONCE }, (_, index) => {
          const number = first + index;
          const text = `${number % 1000 === 0 ? 'tomatoes' : 'potatoes'} ${number}`;
          const roomId = rooms[number % ROOMS]?.id ?? '';
          return { roomId, authorId: idOf(number), content: { clientId: `${number}`, text } };
        }),
      );
    const { messages } = application.get(tokens.chatStorage);
    const some = await messages.after(room, 0, EDITED);
    await work.run(async ({ logs, messages: stored }) => {
      const log = (await logs.lockAll([room])).get(room);
      for (const { id } of some) {
        const message = await stored.get(id);
        if (log && message) log.edit(message, 'edited', new Date());
      }
      if (log) await logs.saveAll([log]);
    });
  });
  afterAll(() => application.close());

  /** The plan of the last statement that this runs. */
  async function planOfRead(read: (chat: ChatStorage) => Promise<unknown>, statements = 1): Promise<string> {
    const { database, ran } = noting(opened.database);
    const found = await read(mikroOrmChat({ ...opened, database }));
    expect(found).not.toEqual([]);
    expect(found).toBeDefined();
    expect(ran).toHaveLength(statements);
    return planOf(application.settings, ran.at(-1) as RanStatement);
  }

  it('are of so many messages', async () => {
    const { messages } = application.get(tokens.chatStorage);
    expect(await messages.after(room, 0, 1000)).toHaveLength(MESSAGES / ROOMS);
    expect(await messages.changed(room, 400, 400, 400)).toHaveLength(EDITED);
  });

  it.each<[string, string, (chat: ChatStorage) => Promise<unknown>]>([
    ['after a number', 'messages_by_room', ({ messages }) => messages.after(room, 100, 50)],
    ['before a number', 'messages_by_room', ({ messages }) => messages.before(room, 300, 50)],
    [
      'the last of all',
      'messages_by_room',
      ({ messages }) => messages.before(room, Number.MAX_SAFE_INTEGER, 50),
    ],
    ['that were changed', 'messages_changed', ({ messages }) => messages.changed(room, 300, 401, 5)],
    ['for when one came', 'messages_by_room', ({ messages }) => messages.sentRev(room, 300)],
    [
      'of somebody’s, for their export',
      'messages_by_author',
      ({ messages }) =>
        messages.written({
          where: { author: people[3]?.id },
          paging: { after: undefined, perPage: 100, count: false },
        }),
    ],
  ])('%s use an index, read no table whole and sort nothing', async (_, index, read) => {
    const plan = await planOfRead(read);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(WHOLE_TABLE);
    expect(plan).not.toMatch(SORTS);
  });

  it('that are not read yet are counted by an index', async () => {
    const plan = await planOfRead(({ readMarks }) => readMarks.unread(people[3]?.id ?? ''));
    expect(plan).toContain('messages_by_room');
    expect(plan).not.toMatch(/(SCAN|Seq Scan on) messages\b/);
  });

  it('of some rooms’ positions use the key', async () => {
    const plan = await planOfRead(({ messages }) => messages.positions([room]));
    expect(plan).not.toMatch(/SCAN rooms/);
  });

  it.each([
    ['in all rooms', false, /messages_search|VIRTUAL TABLE/],
    // Which of its indices is better, PostgreSQL knows by how many messages the room has.
    ['in one room', true, /messages_search|VIRTUAL TABLE|messages_by_room/],
  ])('that are searched by words, %s, use an index', async (_, inOne, index) => {
    const query = {
      words: ['tomatoes'],
      where: inOne ? { room } : {},
      viewer: people[3]?.id ?? '',
      paging: { page: 1, perPage: 10 },
    };
    const { database, ran } = noting(opened.database);
    const { rows } = await mikroOrmChat({ ...opened, database }).messages.list(query);
    expect(rows.length).toBeGreaterThan(0);
    const plan = await planOf(application.settings, ran.at(-1) as RanStatement);
    expect(plan).toMatch(index);
    expect(plan).not.toMatch(/(SCAN|Seq Scan on) messages\b(?!_)/);
  });

  it('by somebody who may not see them find nothing', async () => {
    const stranger = await storedUser(application);
    const { messages } = application.get(tokens.chatStorage);
    const query = { words: ['potatoes'], viewer: stranger.id, paging: { page: 1, perPage: 10 } };
    const found = await messages.list(query);
    expect(found.rows).toEqual([]);
  });
});

describe('a PostgreSQL that knows nothing yet of what is in its tables', () => {
  let application: TestApplication;

  beforeAll(async () => {
    application = await testApplication('postgresql');
  });
  afterAll(() => application.close());

  it('finds what was sent before by an index', async () => {
    const opened = sqlStorageOf(application);
    const { database, ran } = notingWrites(opened.database);
    const id = application.get(tokens.ids).next();
    const key = { roomId: id, authorId: id, clientId: 'one' };
    await mikroOrmChat({ ...opened, database }).work.run(({ messages }) => messages.sent([key]));
    expect(ran).toHaveLength(1);
    const plan = await planWithoutStatistics(application.settings, ran[0] as string);
    expect(plan).toContain('messages_by_client');
    expect(plan).not.toMatch(WHOLE_TABLE);
  });
});

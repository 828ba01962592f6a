import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { ListQuery, Page } from '../../src/kernel/list.ts';
import { mikroOrmChat } from '../../src/modules/chat/adapters/mikro-orm/mikro-orm-chat.ts';
import type { ChatStorage } from '../../src/modules/chat/application/ports.ts';
import { Room, type RoomContent } from '../../src/modules/chat/domain/room.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { Hero } from '../../src/modules/roster/domain/hero.ts';
import { Membership } from '../../src/modules/roster/domain/membership.ts';
import { Team } from '../../src/modules/roster/domain/team.ts';
import type { SqlStorage } from '../../src/platform/storage.ts';
import { sqlStorageOf, type TestApplication, testApplication } from '../support/application.ts';
import { addRoom, PRIVATE_ROOM, PUBLIC_ROOM, teamRoom } from '../support/chat.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { noting, planOf } from '../support/statements.ts';

const ROWS = 5000;
const TEAMS = 5;
const SORTS = /\bsort\b|temp b-tree/i;
const WHOLE_TABLE = /(SCAN|Seq Scan on) room(s|_members)\b/;
const FIRST_PAGE = { page: 1, perPage: 10 };
const BY_KEYSET = { after: undefined, perPage: 10, count: false };

describe.each(['sqlite', 'postgresql'] as const)('lists of 5,000 rooms on %s', storage => {
  let application: TestApplication;
  let opened: SqlStorage;
  let people: User[];

  beforeAll(async () => {
    application = await testApplication(storage);
    const found = sqlStorageOf(application);
    opened = found;
    people = await Promise.all(Array.from({ length: 20 }, () => storedUser(application)));
    const by = (number: number) => people[number % people.length]?.id ?? '';
    const nextId = () => application.get(tokens.ids).next();
    const teams = Array.from(
      { length: TEAMS },
      (_, number) => new Team(nextId(), { name: `Team ${number}`, headquarters: null }, BIRTH),
    );
    await application.get(tokens.rosterStorage).work.run(async work => {
      const hero = new Hero(nextId(), { name: 'Hero', secretName: null, age: null, userId: by(3) }, BIRTH);
      await work.heroes.add(hero);
      for (const team of teams) await work.teams.add(team);
      await work.memberships.add(new Membership(teams[0]?.id ?? '', hero.id, false, BIRTH));
    });
    const contentOf = (number: number): RoomContent => {
      if (number % 100 === 0) return PUBLIC_ROOM;
      return number % 100 === 1 ? teamRoom(teams[Math.floor(number / 100) % TEAMS]?.id ?? '') : PRIVATE_ROOM;
    };
    await application.get(tokens.chatStorage).work.run(async work => {
      for (let number = 0; number < ROWS; number += 1) {
        const room = new Room(nextId(), by(number), contentOf(number), new Date(BIRTH.getTime() + number));
        await addRoom(work, room, room.kind === 'private' ? [by(number + 1)] : []);
      }
    });
  });
  afterAll(() => application.close());

  /** The plan of the last statement that a list runs; there are no others but those that are expected. */
  async function planOfList(
    list: (rooms: ChatStorage['rooms']) => Promise<Page<unknown>>,
    statements = 1,
  ): Promise<string> {
    const { database, ran } = noting(opened.database);
    const { rows } = await list(mikroOrmChat({ ...opened, database }).rooms);
    expect(rows.length).toBeGreaterThan(0);
    expect(ran).toHaveLength(statements);
    return planOf(application.settings, ran.at(-1) ?? { sql: '', values: [] });
  }

  /** On SQLite the viewer's teams are looked up before. */
  const planOfRooms = (query: ListQuery) =>
    planOfList(rooms => rooms.list({ ...query, viewer: people[3]?.id ?? '' }), 2);

  it.each([
    ['by page', FIRST_PAGE],
    ['by keyset', BY_KEYSET],
  ])('that one person may see, %s, use an index for each way and read no table whole', async (_, paging) => {
    const plan = await planOfRooms({ paging });
    for (const index of ['rooms_public', 'rooms_by_team', 'room_members_by_user'])
      expect(plan).toContain(index);
    expect(plan).not.toMatch(WHOLE_TABLE);
  });

  it.each<[string, NonNullable<ListQuery['where']>]>([
    ['of one kind', { kind: 'private' }],
    ['that are archived or not', { archived: false }],
  ])('that one person may see, %s, read no table whole', async (_, where) => {
    const plan = await planOfRooms({ where, paging: BY_KEYSET });
    expect(plan).toContain('room_members_by_user');
    expect(plan).not.toMatch(WHOLE_TABLE);
  });

  it('that one person is a member of use an index and sort nothing', async () => {
    const where = { member: people[3]?.id };
    const plan = await planOfList(rooms => rooms.joined({ where, paging: BY_KEYSET }));
    expect(plan).toContain('room_members_by_user');
    expect(plan).not.toMatch(SORTS);
    expect(plan).not.toMatch(/(SCAN|Seq Scan on) room_members\b/);
  });
});

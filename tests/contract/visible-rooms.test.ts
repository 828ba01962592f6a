import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { Position, Sort } from '../../src/kernel/list.ts';
import type { ChatStorage } from '../../src/modules/chat/application/ports.ts';
import { visibleRoom } from '../../src/modules/chat/application/visible-room.ts';
import { RoomNotFound } from '../../src/modules/chat/domain/errors.ts';
import { Room, type RoomContent } from '../../src/modules/chat/domain/room.ts';
import { Hero } from '../../src/modules/roster/domain/hero.ts';
import { Membership } from '../../src/modules/roster/domain/membership.ts';
import { Team } from '../../src/modules/roster/domain/team.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { addRoom, PRIVATE_ROOM, PUBLIC_ROOM, teamRoom } from '../support/chat.ts';
import { BIRTH, principal, storedUser } from '../support/people.ts';

const ROOMS = 300;
const TEAMS = 30;

/** The teams of each viewer: none, some, and more than are looked through one by one. */
const TEAMS_OF = { loner: 0, member: 3, everywhere: 25 } as const;

type Viewer = keyof typeof TEAMS_OF;

interface Case {
  readonly name: Viewer;
  readonly sort: Sort;
  readonly where: { readonly kind?: string; readonly archived?: boolean };
}

const VIEWERS = Object.keys(TEAMS_OF) as Viewer[];

const CASES: readonly Case[] = VIEWERS.flatMap(name =>
  [true, false].flatMap(descending =>
    [
      {},
      { kind: 'private' },
      { kind: 'public' },
      { archived: true },
      { kind: 'public', archived: false },
    ].map(where => ({ name, sort: { key: 'created_at', descending }, where })),
  ),
);

describe.each(STORAGES)('the rooms that somebody may see on %s', storage => {
  let application: TestApplication;
  let chat: ChatStorage;
  const people: Record<string, string> = {};
  const teams: string[] = [];
  const rooms: Room[] = [];
  const members = new Map<string, readonly string[]>();

  beforeAll(async () => {
    application = await testApplication(storage);
    chat = application.get(tokens.chatStorage);
    const nextId = () => application.get(tokens.ids).next();
    const at = (number: number) => new Date(BIRTH.getTime() + number);
    for (const name of [...VIEWERS, 'other']) people[name] = (await storedUser(application)).id;
    await application.get(tokens.rosterStorage).work.run(async work => {
      for (let number = 0; number < TEAMS; number += 1) {
        const team = new Team(nextId(), { name: `Team ${number}`, headquarters: null }, BIRTH);
        await work.teams.add(team);
        teams.push(team.id);
      }
      for (const [name, amount] of Object.entries(TEAMS_OF)) {
        const content = { name, secretName: null, age: null, userId: people[name] ?? null };
        const hero = new Hero(nextId(), content, BIRTH);
        await work.heroes.add(hero);
        for (const team of teams.slice(0, amount))
          await work.memberships.add(new Membership(team, hero.id, false, BIRTH));
      }
    });
    const contentOf = (number: number): RoomContent =>
      number % 5 === 0
        ? PUBLIC_ROOM
        : number % 3 === 0
          ? teamRoom(teams[number % TEAMS] ?? '')
          : PRIVATE_ROOM;
    const whose = Object.values(people);
    await chat.work.run(async work => {
      for (let number = 0; number < ROOMS; number += 1) {
        const creator = whose[number % whose.length] ?? '';
        // Some are of the same time, so that their ids decide.
        const room = new Room(nextId(), creator, contentOf(number), at(number >> 1));
        if (number % 4 === 0) room.archived = true;
        const others = whose.filter((id, index) => id !== creator && number % 7 === index);
        await addRoom(work, room, room.kind === 'private' ? others : []);
        rooms.push(room);
        members.set(room.id, [...room.firstMembers(), ...(room.kind === 'private' ? others : [])]);
      }
    });
  });
  afterAll(() => application.close());

  const sees = (name: Viewer, { id, kind, teamId }: Room) =>
    kind === 'public' ||
    members.get(id)?.includes(people[name] ?? '') ||
    new Set<string | null>(teams.slice(0, TEAMS_OF[name])).has(teamId);

  function expected({ name, sort, where }: Case): string[] {
    return rooms
      .filter(room => sees(name, room))
      .filter(({ kind }) => where.kind === undefined || kind === where.kind)
      .filter(({ archived }) => where.archived === undefined || archived === where.archived)
      .toSorted((a, b) => Number(a.createdAt) - Number(b.createdAt) || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id)
      [sort.descending ? 'toReversed' : 'slice']();
  }

  it.each(CASES)('are all theirs and no others, page by page: $name $sort $where', async asked => {
    const query = { viewer: people[asked.name] ?? '', sort: asked.sort, where: asked.where };
    const all = expected(asked);
    const found: string[] = [];
    expect(all).not.toEqual([]);
    for (let page = 1; ; page += 1) {
      const { rows, total } = await chat.rooms.list({ ...query, paging: { page, perPage: 7 } });
      found.push(...rows.map(({ id }) => id));
      expect(total).toBe(all.length);
      if (rows.length === 0) break;
    }
    expect(found).toEqual(all);
  });

  it.each(CASES)('are the same by keyset: $name $sort $where', async asked => {
    const query = { viewer: people[asked.name] ?? '', sort: asked.sort, where: asked.where };
    const found: string[] = [];
    let after: Position | undefined;
    do {
      const page = await chat.rooms.list({ ...query, paging: { after, perPage: 7, count: false } });
      found.push(...page.rows.map(({ id }) => id));
      after = page.next;
    } while (after);
    expect(found).toEqual(expected(asked));
  });

  it.each(VIEWERS)('are the same one by one: %s', async name => {
    const by = principal(people[name] ?? '');
    for (const room of rooms) {
      const one = visibleRoom(room.id, by, chat.rooms, chat.directory);
      if (sees(name, room)) expect((await one).id).toBe(room.id);
      else await expect(one).rejects.toThrow(RoomNotFound);
    }
  });
});

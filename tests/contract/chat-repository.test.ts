import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { VersionMismatch } from '../../src/kernel/errors.ts';
import type { Position } from '../../src/kernel/list.ts';
import type { ChatStorage } from '../../src/modules/chat/application/ports.ts';
import { Room, type RoomContent } from '../../src/modules/chat/domain/room.ts';
import { RoomMember } from '../../src/modules/chat/domain/room-member.ts';
import { Hero } from '../../src/modules/roster/domain/hero.ts';
import { Membership } from '../../src/modules/roster/domain/membership.ts';
import { Team } from '../../src/modules/roster/domain/team.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { addRooms, directRoom, PRIVATE_ROOM, PUBLIC_ROOM, storedRoom, teamRoom } from '../support/chat.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { DIFFICULT_TEXTS } from '../support/texts.ts';

const LATER = new Date('2027-01-01T00:00:00.001Z');

describe.each(STORAGES)('the storage of the chat on %s', storage => {
  let application: TestApplication;
  let chat: ChatStorage;
  let alice: string;
  let bob: string;
  beforeAll(async () => {
    application = await testApplication(storage);
    chat = application.get(tokens.chatStorage);
    alice = (await storedUser(application)).id;
    bob = (await storedUser(application)).id;
  });
  afterAll(() => application.close());

  const nextId = () => application.get(tokens.ids).next();
  const get = (id: string) => chat.work.run(({ rooms }) => rooms.get(id));
  const room = (content?: RoomContent, others: readonly string[] = []) =>
    storedRoom(application, alice, content, others);
  const join = (to: Room, userId: string, at = BIRTH) =>
    chat.work.run(({ members }) => members.add(new RoomMember(to.id, userId, at)));

  it('keeps every field of a room of each kind', async () => {
    const { id: other } = await storedUser(application);
    for (const content of [PUBLIC_ROOM, PRIVATE_ROOM, teamRoom(UNKNOWN_ID), directRoom(other)]) {
      const made = await room(content);
      const found = await get(made.id);
      expect(found).toBeInstanceOf(Room);
      expect({ ...found }).toEqual({ ...made });
      expect(await chat.rooms.find(made.id)).toMatchObject({ ...made });
    }
    expect(await get(UNKNOWN_ID)).toBeUndefined();
    expect(await chat.rooms.find(UNKNOWN_ID)).toBeUndefined();
  });

  it('keeps changes of a room', async () => {
    const made = await room();
    const change = { name: 'Kitchen', archived: true };
    await chat.work.run(async ({ rooms }) => (await rooms.lock(made.id))?.change(change, alice, LATER));
    expect(await chat.rooms.find(made.id)).toMatchObject({ ...change, updatedAt: LATER, version: 2 });
  });

  it.each(DIFFICULT_TEXTS)('keeps the name %j', async name => {
    const { id } = await room({ ...PUBLIC_ROOM, name });
    expect(await chat.rooms.find(id)).toMatchObject({ name });
  });

  it('finds a direct room by its two people', async () => {
    const { id: other } = await storedUser(application);
    const { id, directKey } = await room(directRoom(other));
    const byKey = (key: string) => chat.work.run(({ rooms }) => rooms.byDirectKey(key));
    expect(await byKey(directKey ?? '')).toMatchObject({ id });
    expect(await byKey(`${alice}.${UNKNOWN_ID}`)).toBeUndefined();
  });

  it('has one direct room for two people, whoever makes it', async () => {
    const { id: other } = await storedUser(application);
    const first = await room(directRoom(other));
    const twin = storedRoom(application, other, directRoom(alice));
    await expect(twin).rejects.toThrow(VersionMismatch);
    const again = chat.work.run(({ rooms }) => rooms.byDirectKey(first.directKey ?? ''));
    expect(await again).toMatchObject({ id: first.id });
  });

  it('knows members, counts them, and takes them out', async () => {
    const made = await room(PRIVATE_ROOM, [bob]);
    const count = () => chat.work.run(({ members }) => members.countIn(made.id));
    expect(await count()).toBe(2);
    expect(await chat.rooms.isMember(made.id, bob)).toBe(true);
    const found = await chat.work.run(({ members }) => members.get(made.id, bob));
    expect({ ...found }).toEqual({ ...new RoomMember(made.id, bob, BIRTH) });
    await chat.work.run(async ({ members }) => {
      const member = await members.get(made.id, bob);
      if (member) await members.remove(member);
      expect(await members.countIn(made.id)).toBe(1);
    });
    expect(await chat.rooms.isMember(made.id, bob)).toBe(false);
    expect(await chat.rooms.isMember(UNKNOWN_ID, alice)).toBe(false);
    expect(await count()).toBe(1);
  });

  it('makes nobody a member twice', async () => {
    const made = await room();
    await expect(join(made, alice)).rejects.toThrow(VersionMismatch);
    expect(await chat.work.run(({ members }) => members.countIn(made.id))).toBe(1);
  });

  it('counts the rooms that somebody made', async () => {
    const { id } = await storedUser(application);
    const made = () => chat.work.run(({ rooms }) => rooms.countMadeBy(id));
    expect(await made()).toBe(0);
    await addRooms(application, id, 3);
    await room(PRIVATE_ROOM, [id]);
    expect(await made()).toBe(3);
  });

  it('lists the rooms that somebody is a member of, page by page, the last joined first', async () => {
    const { id: member } = await storedUser(application);
    const joined: string[] = [];
    for (let number = 0; number < 5; number += 1) {
      const made = await room(number % 2 === 0 ? PRIVATE_ROOM : PUBLIC_ROOM);
      await join(made, member, new Date(BIRTH.getTime() + number));
      joined.unshift(made.id);
    }
    const found: string[] = [];
    let after: Position | undefined;
    do {
      const asked = { where: { member }, paging: { after, perPage: 2, count: false } };
      const page = await chat.rooms.joined(asked);
      found.push(...page.rows.map(({ roomId }) => roomId));
      for (const row of page.rows) expect(row).toMatchObject({ memberId: member, createdBy: alice });
      after = page.next;
    } while (after);
    expect(found).toEqual(joined);
  });

  it('takes somebody out of all rooms, some at a time, and nobody else', async () => {
    const { id: gone } = await storedUser(application);
    const rooms = [await room(PRIVATE_ROOM, [gone]), await room(PUBLIC_ROOM, [gone])];
    rooms.push(await storedRoom(application, gone, directRoom(bob)));
    const some = (limit: number) => chat.work.run(({ members }) => members.removeSomeOf(gone, limit));
    expect(await some(2)).toBe(2);
    expect(await some(2)).toBe(1);
    expect(await some(2)).toBe(0);
    for (const { id } of rooms) {
      expect(await chat.rooms.find(id)).toBeDefined();
      expect(await chat.rooms.isMember(id, gone)).toBe(false);
      expect(await chat.work.run(({ members }) => members.countIn(id))).toBe(1);
    }
  });

  it('keeps nothing of work that fails', async () => {
    const made = await room();
    const extra = new Room(nextId(), alice, directRoom(bob), BIRTH);
    const failing = chat.work.run(async ({ rooms, members }) => {
      await rooms.add(extra);
      await members.add(new RoomMember(extra.id, bob, BIRTH));
      (await rooms.get(made.id))?.change({ name: 'Changed' }, alice, LATER);
      throw new Error('No.');
    });
    await expect(failing).rejects.toThrow('No.');
    expect(await chat.rooms.find(extra.id)).toBeUndefined();
    expect(await chat.rooms.isMember(extra.id, bob)).toBe(false);
    expect(await chat.rooms.find(made.id)).toMatchObject({ name: 'Garden', version: 1 });
  });

  it('knows who has an account, and who is in a team', async () => {
    const team = new Team(nextId(), { name: 'Preventers', headquarters: null }, BIRTH);
    const hero = new Hero(nextId(), { name: 'Hero', secretName: null, age: null, userId: alice }, BIRTH);
    await application.get(tokens.rosterStorage).work.run(async ({ teams, heroes, memberships }) => {
      await teams.add(team);
      await heroes.add(hero);
      await memberships.add(new Membership(team.id, hero.id, false, BIRTH));
    });
    const { directory } = chat;
    expect([await directory.isPerson(alice), await directory.isPerson(UNKNOWN_ID)]).toEqual([true, false]);
    expect([await directory.isOf(alice, team.id), await directory.isOf(bob, team.id)]).toEqual([true, false]);
  });
});

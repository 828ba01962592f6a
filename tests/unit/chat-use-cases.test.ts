import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { MissingScope, VersionMismatch } from '../../src/kernel/errors.ts';
import { ChangeRoom } from '../../src/modules/chat/application/change-room.ts';
import { CreateRoom } from '../../src/modules/chat/application/create-room.ts';
import type { ChatStorage } from '../../src/modules/chat/application/ports.ts';
import { PutRoomMember } from '../../src/modules/chat/application/put-room-member.ts';
import { ReadRooms } from '../../src/modules/chat/application/read-rooms.ts';
import { RemoveRoomMember } from '../../src/modules/chat/application/remove-room-member.ts';
import {
  NotRoomCreator,
  NotRoomMember,
  PersonNotFound,
  RoomNotFound,
  UnknownPerson,
} from '../../src/modules/chat/domain/errors.ts';
import { testApplication } from '../support/application.ts';
import { directRoom, PRIVATE_ROOM, PUBLIC_ROOM } from '../support/chat.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { BIRTH, principal, storedUser, without } from '../support/people.ts';
import { TestClock } from '../support/test-clock.ts';

const PAGING = { page: 1, perPage: 100 };

describe('rooms', () => {
  let clock: TestClock;
  let chat: ChatStorage;
  let create: CreateRoom;
  let change: ChangeRoom;
  let read: ReadRooms;
  let put: PutRoomMember;
  let remove: RemoveRoomMember;
  let alice: string;
  let bob: string;

  beforeEach(async () => {
    clock = new TestClock();
    const application = await testApplication('memory', {}, [override(tokens.clock, clock)]);
    chat = application.get(tokens.chatStorage);
    const { work, rooms, directory } = chat;
    create = new CreateRoom(work, directory, application.get(tokens.ids), clock);
    change = new ChangeRoom(work, rooms, directory, clock);
    read = new ReadRooms(rooms, directory);
    put = new PutRoomMember(work, rooms, directory, clock);
    remove = new RemoveRoomMember(work, rooms, directory);
    alice = (await storedUser(application)).id;
    bob = (await storedUser(application)).id;
  });

  const made = async (content = PUBLIC_ROOM) => (await create.execute(content, principal(alice))).room;
  const seenBy = async (userId: string) =>
    (await read.list({ paging: PAGING }, principal(userId))).rows.map(({ id }) => id);

  it('are made at the time of the clock, with their creator as a member', async () => {
    const { room, isNew } = await create.execute(PRIVATE_ROOM, principal(alice));
    expect(isNew).toBe(true);
    expect(room).toMatchObject({ createdBy: alice, createdAt: BIRTH, seq: 0, rev: 0, version: 1 });
    expect(await chat.rooms.isMember(room.id, alice)).toBe(true);
    expect([await seenBy(alice), await seenBy(bob)]).toEqual([[room.id], []]);
  });

  it('of two are there already when they are asked for again', async () => {
    const first = await create.execute(directRoom(bob), principal(alice));
    const again = await create.execute(directRoom(alice), principal(bob));
    expect([first.isNew, again.isNew]).toEqual([true, false]);
    expect(again.room.id).toBe(first.room.id);
    const withNobody = create.execute(directRoom(UNKNOWN_ID), principal(alice));
    await expect(withNobody).rejects.toThrow(UnknownPerson);
  });

  it('are changed by their creator at the expected version only', async () => {
    const { id: roomId } = await made();
    const content = { name: 'Kitchen' };
    const asBob = change.execute({ roomId, content, expectedVersion: undefined }, principal(bob));
    await expect(asBob).rejects.toThrow(NotRoomCreator);
    const stale = change.execute({ roomId, content, expectedVersion: 2 }, principal(alice));
    await expect(stale).rejects.toThrow(VersionMismatch);
    clock.advance(60);
    const changed = await change.execute({ roomId, content, expectedVersion: 1 }, principal(alice));
    expect(changed).toMatchObject({ name: 'Kitchen', updatedAt: clock.now(), version: 2 });
  });

  it('that are private exist for their members only', async () => {
    const { id: roomId } = await made(PRIVATE_ROOM);
    const by = principal(bob);
    const content = { name: 'Mine' };
    await expect(read.one(roomId, by)).rejects.toThrow(RoomNotFound);
    const changed = change.execute({ roomId, content, expectedVersion: 99 }, by);
    await expect(changed).rejects.toThrow(RoomNotFound);
    await expect(put.execute({ roomId, userId: bob }, by)).rejects.toThrow(RoomNotFound);
    await expect(remove.execute({ roomId, userId: alice }, by)).rejects.toThrow(RoomNotFound);
    await put.execute({ roomId, userId: bob }, principal(alice));
    expect((await read.one(roomId, by)).id).toBe(roomId);
  });

  it('are joined by everybody where they are public, who is then let bring in others', async () => {
    const { id: roomId } = await made();
    const by = principal(bob);
    await expect(put.execute({ roomId, userId: alice }, by)).rejects.toThrow(NotRoomMember);
    await put.execute({ roomId, userId: bob }, by);
    await put.execute({ roomId, userId: alice }, by);
    await expect(put.execute({ roomId, userId: UNKNOWN_ID }, by)).rejects.toThrow(PersonNotFound);
    await expect(remove.execute({ roomId, userId: alice }, by)).rejects.toThrow(NotRoomCreator);
    await remove.execute({ roomId, userId: bob }, principal(alice));
    expect(await chat.rooms.isMember(roomId, bob)).toBe(false);
  });

  it('are neither made, shown, changed, joined nor left without the scope', async () => {
    const { id: roomId } = await made();
    const by = principal(alice, without('chat'));
    const command = { roomId, content: { name: 'Kitchen' }, expectedVersion: undefined };
    for (const refused of [
      create.execute(PUBLIC_ROOM, by),
      read.one(roomId, by),
      read.list({ paging: PAGING }, by),
      change.execute(command, by),
      put.execute({ roomId, userId: alice }, by),
      remove.execute({ roomId, userId: alice }, by),
    ])
      await expect(refused).rejects.toThrow(MissingScope);
    expect(await seenBy(alice)).toEqual([roomId]);
    expect(await chat.rooms.isMember(roomId, alice)).toBe(true);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { VersionMismatch } from '../../src/kernel/errors.ts';
import { ChangeRoom } from '../../src/modules/chat/application/change-room.ts';
import { CreateRoom } from '../../src/modules/chat/application/create-room.ts';
import type { ChatStorage } from '../../src/modules/chat/application/ports.ts';
import { PutRoomMember } from '../../src/modules/chat/application/put-room-member.ts';
import { RemoveRoomMember } from '../../src/modules/chat/application/remove-room-member.ts';
import { RoomArchived, TooManyRooms } from '../../src/modules/chat/domain/errors.ts';
import { MOST_ROOMS } from '../../src/modules/chat/domain/limits.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { addRooms, directRoom, PUBLIC_ROOM, storedRoom } from '../support/chat.ts';
import { principal, storedUser } from '../support/people.ts';

const ROUNDS = 5;

describe.each(STORAGES)('rooms at the same moment on %s', storage => {
  let application: TestApplication;
  let chat: ChatStorage;
  let create: CreateRoom;
  let change: ChangeRoom;
  let put: PutRoomMember;
  let remove: RemoveRoomMember;
  beforeAll(async () => {
    application = await testApplication(storage);
    chat = application.get(tokens.chatStorage);
    const { work, rooms, directory } = chat;
    const clock = application.get(tokens.clock);
    create = new CreateRoom(work, directory, application.get(tokens.ids), clock);
    change = new ChangeRoom(work, rooms, directory, clock);
    put = new PutRoomMember(work, rooms, directory, clock);
    remove = new RemoveRoomMember(work, rooms, directory);
  });
  afterAll(() => application.close());

  const person = async () => (await storedUser(application)).id;
  const members = (roomId: string) => chat.work.run(work => work.members.countIn(roomId));

  it('make one direct room of two people, whoever of them asks', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [alice, bob] = [await person(), await person()];
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          index % 2 === 0
            ? create.execute(directRoom(bob), principal(alice))
            : create.execute(directRoom(alice), principal(bob)),
        ),
      );
      const [first] = answers;
      expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
      expect(new Set(answers.map(({ room }) => room.id)).size).toBe(1);
      expect(await members(first?.room.id ?? '')).toBe(2);
    }
  });

  it('make somebody a member once, of ten times', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const userId = await person();
      const { id: roomId } = await storedRoom(application, await person());
      await Promise.all(Array.from({ length: 10 }, () => put.execute({ roomId, userId }, principal(userId))));
      expect(await members(roomId)).toBe(2);
    }
  });

  it('let somebody leave ten times, and twenty people join', async () => {
    const creator = await person();
    const { id: roomId } = await storedRoom(application, creator);
    const people = await Promise.all(Array.from({ length: 20 }, person));
    await Promise.all([
      ...Array.from({ length: 10 }, () => remove.execute({ roomId, userId: creator }, principal(creator))),
      ...people.map(userId => put.execute({ roomId, userId }, principal(userId))),
    ]);
    expect(await members(roomId)).toBe(20);
  });

  it('let nobody join a room after it was archived', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [creator, userId] = [await person(), await person()];
      const { id: roomId } = await storedRoom(application, creator);
      const archive = { roomId, content: { archived: true }, expectedVersion: undefined };
      const [archived, joined] = await Promise.allSettled([
        change.execute(archive, principal(creator)),
        put.execute({ roomId, userId }, principal(userId)),
      ]);
      expect(archived.status).toBe('fulfilled');
      if (joined.status === 'rejected') expect(joined.reason).toBeInstanceOf(RoomArchived);
      expect(await chat.rooms.isMember(roomId, userId)).toBe(joined.status === 'fulfilled');
    }
  });

  it('let one of ten changes win that were made against the same version', async () => {
    const creator = await person();
    const { id: roomId } = await storedRoom(application, creator);
    const changes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        change.execute(
          { roomId, content: { name: `Name ${index}` }, expectedVersion: 1 },
          principal(creator),
        ),
      ),
    );
    const lost = changes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(lost).toHaveLength(9);
    for (const { reason } of lost) expect(reason).toBeInstanceOf(VersionMismatch);
    expect(await chat.rooms.find(roomId)).toMatchObject({ version: 2 });
  });

  it('let all changes win that name no version', async () => {
    const creator = await person();
    const { id: roomId } = await storedRoom(application, creator);
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const content = { name: `Name ${index}` };
        return change.execute({ roomId, content, expectedVersion: undefined }, principal(creator));
      }),
    );
    expect(await chat.rooms.find(roomId)).toMatchObject({ version: 11 });
  });

  it('let nobody make more rooms than there may be', async () => {
    const creator = await person();
    await addRooms(application, creator, MOST_ROOMS - 3);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => create.execute(PUBLIC_ROOM, principal(creator))),
    );
    const lost = outcomes.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(lost).toHaveLength(7);
    for (const { reason } of lost) expect(reason).toBeInstanceOf(TooManyRooms);
    expect(await chat.work.run(({ rooms }) => rooms.countMadeBy(creator))).toBe(MOST_ROOMS);
  });
});

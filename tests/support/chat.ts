import type { Application } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { UserId } from '../../src/kernel/principal.ts';
import type { ChatRepositories } from '../../src/modules/chat/application/ports.ts';
import { Room, type RoomContent } from '../../src/modules/chat/domain/room.ts';
import { RoomMember } from '../../src/modules/chat/domain/room-member.ts';
import { BIRTH } from './people.ts';

export const PUBLIC_ROOM: RoomContent = { kind: 'public', name: 'Garden', teamId: null, with: null };
export const PRIVATE_ROOM: RoomContent = { ...PUBLIC_ROOM, kind: 'private' };

export const teamRoom = (teamId: string): RoomContent => ({ ...PUBLIC_ROOM, kind: 'team', teamId });

export const directRoom = (other: UserId): RoomContent => ({
  kind: 'direct',
  name: null,
  teamId: null,
  with: other,
});

/** Adds a room with those who are members of it from the start, and others. */
export async function addRoom(
  { rooms, members }: ChatRepositories,
  room: Room,
  others: readonly UserId[] = [],
): Promise<void> {
  await rooms.add(room);
  for (const userId of [...room.firstMembers(), ...others])
    await members.add(new RoomMember(room.id, userId, room.createdAt));
}

/** A room that is stored, with its members. */
export async function storedRoom(
  application: Application,
  createdBy: UserId,
  content: RoomContent = PUBLIC_ROOM,
  others: readonly UserId[] = [],
): Promise<Room> {
  const room = new Room(application.get(tokens.ids).next(), createdBy, content, BIRTH);
  await application.get(tokens.chatStorage).work.run(work => addRoom(work, room, others));
  return room;
}

/** So many public rooms of somebody's. */
export async function addRooms(application: Application, createdBy: UserId, amount: number): Promise<void> {
  const ids = application.get(tokens.ids);
  await application.get(tokens.chatStorage).work.run(async ({ rooms }) => {
    for (let number = 0; number < amount; number += 1)
      await rooms.add(new Room(ids.next(), createdBy, PUBLIC_ROOM, BIRTH));
  });
}

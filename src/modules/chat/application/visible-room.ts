import type { Principal, UserId } from '../../../kernel/principal.ts';
import { RoomNotFound } from '../domain/errors.ts';
import type { RoomId } from '../domain/room.ts';
import type { ChatDirectory, RoomReader, RoomView } from './ports.ts';

/**
 * The room, if whoever asks may see it: everybody sees a public one, the people of the team a team's, and members theirs. For
 * everybody else there is none. Lists are held against the same (`RoomReader.list`).
 * @throws RoomNotFound
 */
export async function visibleRoom(
  id: RoomId,
  { userId }: Principal,
  rooms: RoomReader,
  directory: ChatDirectory,
): Promise<RoomView> {
  const room = await rooms.find(id);
  if (room && (await isVisible(room, userId, rooms, directory))) return room;
  throw new RoomNotFound();
}

/** What `visibleRoom` asks of a room that is there. */
export async function isVisible(
  { id, kind, teamId }: Pick<RoomView, 'id' | 'kind' | 'teamId'>,
  userId: UserId,
  rooms: RoomReader,
  directory: ChatDirectory,
): Promise<boolean> {
  if (kind === 'public') return true;
  return teamId === null ? rooms.isMember(id, userId) : directory.isOf(userId, teamId);
}

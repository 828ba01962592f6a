import { type Principal, requireScope, type UserId } from '../../../kernel/principal.ts';
import { RoomNotFound } from '../domain/errors.ts';
import type { RoomId } from '../domain/room.ts';
import type { MemberRemoved } from './events.ts';
import type { ChatDirectory, ChatWork, RoomReader } from './ports.ts';
import { visibleRoom } from './visible-room.ts';

/**
 * Takes somebody out of a room.
 *
 * - Everybody may leave; only who made the room takes out others. Whoever may not see it is told that there is none.
 * - Nobody leaves a team's room, a direct one, or one that is archived.
 * - Whoever is not in the room stays out of it: done twice, it is as if it were done once.
 */
export class RemoveRoomMember {
  private readonly work: ChatWork;
  private readonly rooms: RoomReader;
  private readonly directory: ChatDirectory;

  constructor(work: ChatWork, rooms: RoomReader, directory: ChatDirectory) {
    this.work = work;
    this.rooms = rooms;
    this.directory = directory;
  }

  async execute(
    { roomId, userId }: { readonly roomId: RoomId; readonly userId: UserId },
    by: Principal,
  ): Promise<void> {
    requireScope(by, 'chat');
    await visibleRoom(roomId, by, this.rooms, this.directory);
    await this.work.run(
      async ({ rooms, members, events }) => {
        // Locked, so that it is not archived in between.
        const room = await rooms.lock(roomId);
        if (!room) throw new RoomNotFound();
        room.requireOpenMembers();
        if (userId !== by.userId) room.requireCreator(by.userId);
        const member = await members.get(roomId, userId);
        if (!member) return;
        await members.remove(member);
        const removed: MemberRemoved = { type: 'chat.member_removed', roomId, userId };
        events.record(removed);
      },
      { retry: true },
    );
  }
}

import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope, type UserId } from '../../../kernel/principal.ts';
import { NotRoomMember, PersonNotFound, RoomFull, RoomNotFound } from '../domain/errors.ts';
import { MOST_MEMBERS } from '../domain/limits.ts';
import type { RoomId } from '../domain/room.ts';
import { RoomMember } from '../domain/room-member.ts';
import type { ChatDirectory, ChatWork, RoomReader } from './ports.ts';
import { visibleRoom } from './visible-room.ts';

/**
 * Makes somebody a member of a room.
 *
 * - Everybody may join a public room. Only members bring in others; whoever is not in a private room is told that there is none.
 * - Who is brought in has an account.
 * - Nobody is brought into a team's room, a direct one, or one that is archived.
 * - Done twice, it is as if it were done once.
 * - A room has 10,000 members at most.
 */
export class PutRoomMember {
  private readonly work: ChatWork;
  private readonly rooms: RoomReader;
  private readonly directory: ChatDirectory;
  private readonly clock: Clock;

  constructor(work: ChatWork, rooms: RoomReader, directory: ChatDirectory, clock: Clock) {
    this.work = work;
    this.rooms = rooms;
    this.directory = directory;
    this.clock = clock;
  }

  async execute(
    { roomId, userId }: { readonly roomId: RoomId; readonly userId: UserId },
    by: Principal,
  ): Promise<void> {
    requireScope(by, 'chat');
    await visibleRoom(roomId, by, this.rooms, this.directory);
    if (!(await this.directory.isPerson(userId))) throw new PersonNotFound();
    await this.work.run(
      async ({ rooms, members }) => {
        // Locked, so that it is not archived in between, and that whoever counts counts all.
        const room = await rooms.lock(roomId);
        if (!room) throw new RoomNotFound();
        room.requireOpenMembers();
        const isMember = (await members.get(roomId, by.userId)) !== undefined;
        if (!isMember && room.kind !== 'public') throw new RoomNotFound();
        if (!isMember && userId !== by.userId) throw new NotRoomMember();
        if (await members.get(roomId, userId)) return;
        if ((await members.countIn(roomId)) >= MOST_MEMBERS) throw new RoomFull(MOST_MEMBERS);
        await members.add(new RoomMember(roomId, userId, this.clock.now()));
      },
      { retry: true },
    );
  }
}

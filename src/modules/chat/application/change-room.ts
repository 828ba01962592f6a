import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { RoomNotFound } from '../domain/errors.ts';
import type { RoomChange, RoomId } from '../domain/room.ts';
import type { ChatDirectory, ChatWork, RoomReader, RoomView } from './ports.ts';
import { visibleRoom } from './visible-room.ts';

export interface ChangeRoomCommand {
  readonly roomId: RoomId;
  /** What is left out stays as it is. */
  readonly content: Partial<RoomChange>;
  readonly expectedVersion: number | undefined;
}

/**
 * Changes what a room is called, archives it, or takes it out of the archive.
 *
 * - Only who made it can; whoever may not see it is told that there is none.
 * - An archived room is only changed so that it is archived no more. A direct room has no name.
 * - A change that was made against an older version is refused.
 */
export class ChangeRoom {
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

  async execute({ roomId, content, expectedVersion }: ChangeRoomCommand, by: Principal): Promise<RoomView> {
    requireScope(by, 'chat');
    await visibleRoom(roomId, by, this.rooms, this.directory);
    return this.work.run(
      async ({ rooms }) => {
        const room = await rooms.get(roomId);
        if (!room) throw new RoomNotFound();
        requireVersion(room, expectedVersion);
        room.change(content, by.userId, this.clock.now());
        return room;
      },
      { retry: expectedVersion === undefined },
    );
  }
}

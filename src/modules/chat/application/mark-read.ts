import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { ReadMark } from '../domain/read-mark.ts';
import type { RoomId } from '../domain/room.ts';
import type { RoomRead } from './events.ts';
import type { ChatDirectory, ChatWork, ReadMarkReader, RoomReader, UnreadView } from './ports.ts';
import { visibleRoom } from './visible-room.ts';

/**
 * Notes how far somebody has read a room.
 *
 * - Whoever may not see the room is told that there is none.
 * - It only goes forward, and not past the last message. Going where it is changes nothing.
 */
export class MarkRead {
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

  /** Returns up to where it is read. */
  async execute(
    { roomId, seq }: { readonly roomId: RoomId; readonly seq: number },
    by: Principal,
  ): Promise<number> {
    requireScope(by, 'chat');
    const room = await visibleRoom(roomId, by, this.rooms, this.directory);
    const upTo = Math.min(seq, room.seq);
    return this.work.run(
      async ({ readMarks, events }) => {
        const now = this.clock.now();
        const present = await readMarks.get(roomId, by.userId);
        const mark = present ?? new ReadMark(roomId, by.userId, now);
        if (!mark.move(upTo, now)) return mark.seq;
        if (!present) await readMarks.add(mark);
        const read: RoomRead = { type: 'chat.room_read', roomId, userId: by.userId, seq: upTo };
        events.record(read);
        return upTo;
      },
      { retry: true },
    );
  }
}

/** Shows how far somebody has read the rooms that they are in, and how much there is left: the rooms where there is most to read first. */
export class ReadUnread {
  private readonly readMarks: ReadMarkReader;

  constructor(readMarks: ReadMarkReader) {
    this.readMarks = readMarks;
  }

  async execute(by: Principal): Promise<readonly UnreadView[]> {
    requireScope(by, 'chat');
    return this.readMarks.unread(by.userId);
  }
}

import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import { type Principal, requireScope, type UserId } from '../../../kernel/principal.ts';
import { TooManyRooms, UnknownPerson, UnknownTeam } from '../domain/errors.ts';
import { MOST_ROOMS } from '../domain/limits.ts';
import { Room, type RoomContent } from '../domain/room.ts';
import { RoomMember } from '../domain/room-member.ts';
import type { ChatDirectory, ChatWork, RoomView } from './ports.ts';

export interface CreatedRoom {
  readonly room: RoomView;
  /** False for a direct room that was there already. */
  readonly isNew: boolean;
}

/**
 * Makes a room, whose first member is whoever asks.
 *
 * - Public and private rooms have a name of 1 to 100 characters; a team's room has one too, and a team that its creator is in.
 * - A direct room has no name. It is with somebody else who has an account, and who asks for it again gets the one that
 *   there is, whichever of the two asks.
 * - Nobody makes more than 1,000 rooms.
 */
export class CreateRoom {
  private readonly work: ChatWork;
  private readonly directory: ChatDirectory;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: ChatWork, directory: ChatDirectory, ids: Ids, clock: Clock) {
    this.work = work;
    this.directory = directory;
    this.ids = ids;
    this.clock = clock;
  }

  async execute(content: RoomContent, by: Principal): Promise<CreatedRoom> {
    requireScope(by, 'chat');
    await this.requireKnownReferences(content, by.userId);
    return this.work.run(
      async ({ rooms, members }) => {
        const now = this.clock.now();
        const room = new Room(this.ids.next(), by.userId, content, now);
        const present = room.directKey === null ? undefined : await rooms.byDirectKey(room.directKey);
        if (present) return { room: present, isNew: false };
        if ((await rooms.countMadeBy(by.userId)) >= MOST_ROOMS) throw new TooManyRooms(MOST_ROOMS);
        await rooms.add(room);
        for (const userId of room.firstMembers()) await members.add(new RoomMember(room.id, userId, now));
        return { room, isNew: true };
      },
      // Whoever loses the race for a direct room finds the winner's.
      { retry: true },
    );
  }

  /** What belongs to no room of this kind is refused by the room. */
  private async requireKnownReferences(content: RoomContent, creator: UserId): Promise<void> {
    const { kind, teamId, with: other } = content;
    if (kind === 'direct' && other && !(await this.directory.isPerson(other))) throw new UnknownPerson();
    if (kind === 'team' && teamId && !(await this.directory.isOf(creator, teamId))) throw new UnknownTeam();
  }
}

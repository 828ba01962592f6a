import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { RoomNotFound } from '../domain/errors.ts';
import type { ChatDirectory, RoomReader, RoomView } from './ports.ts';
import { isVisible } from './visible-room.ts';

/**
 * Whether somebody may follow what is said in a room.
 *
 * - Whoever may see it may. For everybody else there is none.
 * - What decides, but for who is a member, never changes of a room: so it is asked of one that is known.
 */
export class FollowRoom {
  private readonly rooms: RoomReader;
  private readonly directory: ChatDirectory;

  constructor(rooms: RoomReader, directory: ChatDirectory) {
    this.rooms = rooms;
    this.directory = directory;
  }

  /** @throws RoomNotFound */
  async execute(room: Pick<RoomView, 'id' | 'kind' | 'teamId'>, by: Principal): Promise<void> {
    requireScope(by, 'chat');
    if (!(await isVisible(room, by.userId, this.rooms, this.directory))) throw new RoomNotFound();
  }
}

import type { ListQuery, Page } from '../../../kernel/list.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { RoomId } from '../domain/room.ts';
import type { ChatDirectory, MemberView, PageNumber, RoomReader, RoomView } from './ports.ts';
import { visibleRoom } from './visible-room.ts';

/**
 * Shows rooms, one or many: public ones to everybody, a team's to its people, others to their members.
 *
 * - For everybody else there are none: they are neither listed nor counted.
 * - Archived rooms are shown as others are.
 * - Whoever sees a room sees who is in it: its members, or the people of its team.
 */
export class ReadRooms {
  private readonly rooms: RoomReader;
  private readonly directory: ChatDirectory;

  constructor(rooms: RoomReader, directory: ChatDirectory) {
    this.rooms = rooms;
    this.directory = directory;
  }

  async one(id: RoomId, by: Principal): Promise<RoomView> {
    requireScope(by, 'chat');
    return visibleRoom(id, by, this.rooms, this.directory);
  }

  async list(query: ListQuery, by: Principal): Promise<Page<RoomView>> {
    requireScope(by, 'chat');
    return this.rooms.list({ ...query, viewer: by.userId });
  }

  async people(id: RoomId, page: PageNumber, by: Principal): Promise<Page<MemberView>> {
    requireScope(by, 'chat');
    return this.rooms.people(await visibleRoom(id, by, this.rooms, this.directory), page);
  }
}

import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import type { RoomMemberRepository, RoomRepository } from '../../application/ports.ts';
import type { Room } from '../../domain/room.ts';
import { type RoomMember, roomMemberId } from '../../domain/room-member.ts';

/** The unique constraint that two people have one direct room by, under its name in SQL. */
export const DIRECT_KEY = 'rooms_direct_key_key';

/** There is one writer at a time, so `lock` and `countMadeBy` need not lock. */
export class InMemoryRoomRepository implements RoomRepository {
  private readonly rooms: CollectionDraft<Room>;

  constructor(rooms: CollectionDraft<Room>) {
    this.rooms = rooms;
  }

  get(id: string): Promise<Room | undefined> {
    return this.rooms.get(id);
  }

  lock(id: string): Promise<Room | undefined> {
    return this.rooms.get(id);
  }

  byDirectKey(key: string): Promise<Room | undefined> {
    return this.rooms.holding(DIRECT_KEY, key);
  }

  async countMadeBy(userId: string): Promise<number> {
    return this.rooms.rows().filter(({ createdBy }) => createdBy === userId).length;
  }

  add(room: Room): Promise<void> {
    return this.rooms.add(room);
  }
}

export class InMemoryRoomMemberRepository implements RoomMemberRepository {
  private readonly members: CollectionDraft<RoomMember>;

  constructor(members: CollectionDraft<RoomMember>) {
    this.members = members;
  }

  get(roomId: string, userId: string): Promise<RoomMember | undefined> {
    return this.members.get(roomMemberId(roomId, userId));
  }

  async present(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(ids.filter(id => this.members.row(id) !== undefined));
  }

  async countIn(roomId: string): Promise<number> {
    return this.members.rows().filter(member => member.roomId === roomId).length;
  }

  add(member: RoomMember): Promise<void> {
    return this.members.add(member);
  }

  remove(member: RoomMember): Promise<void> {
    return this.members.remove(member);
  }

  removeSomeOf(userId: string, limit: number): Promise<number> {
    return this.members.removeSome(member => member.userId === userId, limit);
  }
}

import type { UserId } from '../../../kernel/principal.ts';
import type { RoomId } from './room.ts';

/** That somebody is in a room. Of a team's rooms there is none: its people are the roster's. */
export class RoomMember {
  /** Of both ids, so that there is one at most. */
  readonly id: string;
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly createdAt: Date;
  readonly version = 1;

  constructor(roomId: RoomId, userId: UserId, now: Date) {
    this.id = roomMemberId(roomId, userId);
    this.roomId = roomId;
    this.userId = userId;
    this.createdAt = now;
  }
}

export function roomMemberId(roomId: RoomId, userId: UserId): string {
  return `${roomId}.${userId}`;
}

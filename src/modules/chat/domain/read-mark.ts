import type { UserId } from '../../../kernel/principal.ts';
import type { RoomId } from './room.ts';

/** How far somebody has read a room. It only goes forward. */
export class ReadMark {
  /** Of both ids, so that there is one at most. */
  readonly id: string;
  readonly roomId: RoomId;
  readonly userId: UserId;
  seq: number;
  updatedAt: Date;
  readonly version = 1;

  constructor(roomId: RoomId, userId: UserId, now: Date) {
    this.id = readMarkId(roomId, userId);
    this.roomId = roomId;
    this.userId = userId;
    this.seq = 0;
    this.updatedAt = now;
  }

  /** Whether it has moved. */
  move(seq: number, now: Date): boolean {
    if (seq <= this.seq) return false;
    this.seq = seq;
    this.updatedAt = now;
    return true;
  }
}

export function readMarkId(roomId: RoomId, userId: UserId): string {
  return `${roomId}.${userId}`;
}

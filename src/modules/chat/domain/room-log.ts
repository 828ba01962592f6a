import type { UserId } from '../../../kernel/principal.ts';
import type { TeamId } from '../../roster/index.ts';
import { RoomArchived } from './errors.ts';
import { Message, type MessageContent, type MessageId } from './message.ts';
import type { Room, RoomId, RoomKind } from './room.ts';

export type RoomLogRow = Pick<Room, 'id' | 'kind' | 'teamId' | 'archived' | 'seq' | 'rev'>;

/**
 * A room as a sequence of messages. Each message has the next `seq`; each change, be it a new message or one to an old one, has
 * the next `rev`. Whoever writes holds the room's lock, so neither has a gap or comes twice.
 */
export class RoomLog {
  readonly roomId: RoomId;
  readonly kind: RoomKind;
  readonly teamId: TeamId | null;
  private readonly archived: boolean;
  seq: number;
  rev: number;

  constructor({ id, kind, teamId, archived, seq, rev }: RoomLogRow) {
    this.roomId = id;
    this.kind = kind;
    this.teamId = teamId;
    this.archived = archived;
    this.seq = seq;
    this.rev = rev;
  }

  /** @throws RoomArchived, InvalidText */
  post(id: MessageId, authorId: UserId, content: MessageContent, now: Date): Message {
    this.requireOpen();
    const { roomId, seq, rev } = this;
    const message = new Message(id, { roomId, seq: seq + 1, rev: rev + 1 }, authorId, content, now);
    this.seq += 1;
    this.rev += 1;
    return message;
  }

  /** @throws RoomArchived, MessageDeleted, InvalidText */
  edit(message: Message, text: string, now: Date): void {
    this.requireOpen();
    message.edit(text, this.rev + 1, now);
    this.rev += 1;
  }

  /** @throws RoomArchived */
  delete(message: Message, now: Date): void {
    this.requireOpen();
    message.delete(this.rev + 1, now);
    this.rev += 1;
  }

  private requireOpen(): void {
    if (this.archived) throw new RoomArchived();
  }
}

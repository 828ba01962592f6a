import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import type {
  MessageRepository,
  PastTextRepository,
  ReadMarkRepository,
  RoomLogRepository,
  SentKey,
  StoredMessage,
} from '../../application/ports.ts';
import type { Message } from '../../domain/message.ts';
import type { PastText } from '../../domain/past-text.ts';
import { type ReadMark, readMarkId } from '../../domain/read-mark.ts';
import type { Room } from '../../domain/room.ts';
import { RoomLog } from '../../domain/room-log.ts';

/** The unique constraints on messages, under their names in SQL. */
const BY_ROOM = 'messages_by_room';
const BY_CLIENT = 'messages_by_client';

const clientKey = ({ authorId, roomId, clientId }: SentKey) => `${authorId}.${roomId}.${clientId}`;
const placeKey = (roomId: string, seq: number) => `${roomId}.${seq}`;

export interface KeptMessages {
  readonly messages: MemoryCollection<Message>;
  readonly pastTexts: MemoryCollection<PastText>;
  readonly readMarks: MemoryCollection<ReadMark>;
}

export function keptMessages(): KeptMessages {
  return {
    messages: new MemoryCollection<Message>('messages', {
      [BY_ROOM]: ({ roomId, seq }) => placeKey(roomId, seq),
      [BY_CLIENT]: clientKey,
    }),
    pastTexts: new MemoryCollection<PastText>('message_past_texts'),
    readMarks: new MemoryCollection<ReadMark>('read_marks'),
  };
}

export function messageAt({ messages }: KeptMessages, roomId: string, seq: number): Message | undefined {
  const id = messages.holder(BY_ROOM, placeKey(roomId, seq));
  return id === undefined ? undefined : messages.row(id);
}

/** There is one writer at a time, so it need not lock. */
export class InMemoryRoomLogRepository implements RoomLogRepository {
  private readonly rooms: CollectionDraft<Room>;

  constructor(rooms: CollectionDraft<Room>) {
    this.rooms = rooms;
  }

  async lockAll(ids: readonly string[]): Promise<ReadonlyMap<string, RoomLog>> {
    const rooms = ids.map(id => this.rooms.row(id)).filter(room => room !== undefined);
    return new Map(rooms.map(room => [room.id, new RoomLog(room)]));
  }

  async saveAll(logs: readonly RoomLog[]): Promise<void> {
    for (const { roomId, seq, rev } of logs) this.rooms.revise(roomId, { seq, rev });
  }
}

export class InMemoryMessageRepository implements MessageRepository {
  private readonly messages: CollectionDraft<Message>;

  constructor(messages: CollectionDraft<Message>) {
    this.messages = messages;
  }

  get(id: string): Promise<Message | undefined> {
    return this.messages.get(id);
  }

  async sent(keys: readonly SentKey[]): Promise<readonly StoredMessage[]> {
    const found = await Promise.all(keys.map(key => this.messages.holding(BY_CLIENT, clientKey(key))));
    return found.filter(message => message !== undefined);
  }

  addAll(messages: readonly Message[]): Promise<void> {
    return this.messages.addAll(messages);
  }
}

export class InMemoryPastTextRepository implements PastTextRepository {
  private readonly pastTexts: CollectionDraft<PastText>;

  constructor(pastTexts: CollectionDraft<PastText>) {
    this.pastTexts = pastTexts;
  }

  add(text: PastText): Promise<void> {
    return this.pastTexts.add(text);
  }

  async removeAllOf(messageId: string): Promise<void> {
    await this.pastTexts.removeSome(text => text.messageId === messageId, Number.POSITIVE_INFINITY);
  }
}

export class InMemoryReadMarkRepository implements ReadMarkRepository {
  private readonly marks: CollectionDraft<ReadMark>;

  constructor(marks: CollectionDraft<ReadMark>) {
    this.marks = marks;
  }

  get(roomId: string, userId: string): Promise<ReadMark | undefined> {
    return this.marks.get(readMarkId(roomId, userId));
  }

  add(mark: ReadMark): Promise<void> {
    return this.marks.add(mark);
  }

  removeSomeOf(userId: string, limit: number): Promise<number> {
    return this.marks.removeSome(mark => mark.userId === userId, limit);
  }
}

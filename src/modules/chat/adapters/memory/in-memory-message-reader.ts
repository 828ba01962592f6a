import type { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import { evaluateList } from '../../../../platform/memory/memory-list.ts';
import {
  MESSAGE_LIST,
  type MessageReader,
  type MessageView,
  PAST_TEXT_LIST,
  type UnreadView,
} from '../../application/ports.ts';
import { MOST_UNREAD } from '../../domain/limits.ts';
import type { Message } from '../../domain/message.ts';
import { readMarkId } from '../../domain/read-mark.ts';
import type { Room } from '../../domain/room.ts';
import { type KeptMessages, messageAt } from './in-memory-messages.ts';

interface Sight {
  readonly nameOf: (userId: string) => string;
  readonly sees: (room: Room, viewer: string) => boolean;
}

export function inMemoryMessageReader(
  kept: KeptMessages,
  rooms: MemoryCollection<Room>,
  { nameOf, sees }: Sight,
): MessageReader {
  const { messages, pastTexts } = kept;
  const view = (message: Message): MessageView => ({ ...message, authorName: nameOf(message.authorId) });
  const all = () => [...messages.rows()];
  /** Numbers have no gap, so a part of a room is looked up number by number. */
  const numbered = (roomId: string, from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => messageAt(kept, roomId, from + index))
      .filter(message => message !== undefined)
      .map(view);
  const last = (roomId: string) => rooms.row(roomId)?.seq ?? 0;
  return {
    async find(id) {
      const message = messages.row(id);
      return message && view(message);
    },
    after: async (roomId, seq, limit) =>
      numbered(roomId, Math.max(1, seq + 1), Math.min(last(roomId), seq + limit)),
    async before(roomId, seq, limit) {
      const to = Math.min(last(roomId), seq - 1);
      return numbered(roomId, Math.max(1, to - limit + 1), to);
    },
    changed: async (roomId, upTo, since, limit) =>
      all()
        .filter(
          ({ roomId: room, seq, rev, sentRev }) =>
            room === roomId && seq <= upTo && rev > since && rev !== sentRev,
        )
        .sort((a, b) => a.rev - b.rev)
        .slice(0, limit)
        .map(view),
    sentRev: async (roomId, seq) => messageAt(kept, roomId, seq)?.sentRev,
    positions: async ids =>
      ids.flatMap(id => {
        const room = rooms.row(id);
        return room ? [{ id, seq: room.seq, rev: room.rev }] : [];
      }),
    async list(query) {
      const seen = all().filter(({ roomId }) => {
        const room = rooms.row(roomId);
        return room !== undefined && sees(room, query.viewer);
      });
      return evaluateList(seen.map(view), MESSAGE_LIST, query);
    },
    written: async query => evaluateList(all().map(view), MESSAGE_LIST, query),
    pastTexts: async query => evaluateList([...pastTexts.rows()], PAST_TEXT_LIST, query),
  };
}

/** How far somebody has read these rooms. */
export function unreadOf(rooms: readonly Room[], kept: KeptMessages, userId: string): UnreadView[] {
  return rooms
    .map(({ id, seq }) => {
      const read = kept.readMarks.row(readMarkId(id, userId))?.seq ?? 0;
      let unread = 0;
      for (let number = read + 1; number <= seq && unread < MOST_UNREAD; number += 1) {
        const message = messageAt(kept, id, number);
        if (message && !message.deleted && message.authorId !== userId) unread += 1;
      }
      return { roomId: id, seq, read, unread };
    })
    .sort((a, b) => (a.roomId < b.roomId ? 1 : -1))
    .slice(0, 1000);
}

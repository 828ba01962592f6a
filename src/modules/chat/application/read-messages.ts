import type { ListQuery, Page } from '../../../kernel/list.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { MessageId } from '../domain/message.ts';
import type { RoomId } from '../domain/room.ts';
import type { MessageView, PastTextView } from './ports.ts';
import { type ChatReaders, visibleMessage } from './visible-message.ts';
import { visibleRoom } from './visible-room.ts';

export interface MessagesQuery {
  readonly roomId: RoomId;
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly limit: number;
}

/**
 * Shows messages to whoever may see their rooms; for everybody else there are none.
 *
 * - Those of a room come in the order of their numbers: the first after one, the last before one, or the last of all.
 * - A search looks in all rooms that somebody may see, or in one. For nothing it finds nothing.
 * - Deleted ones are shown as such, without what they said, and no search finds them.
 */
export class ReadMessages {
  private readonly readers: ChatReaders;

  constructor(readers: ChatReaders) {
    this.readers = readers;
  }

  async one(id: MessageId, by: Principal): Promise<MessageView> {
    requireScope(by, 'chat');
    return visibleMessage(id, by, this.readers);
  }

  async of({ roomId, before, after, limit }: MessagesQuery, by: Principal): Promise<readonly MessageView[]> {
    requireScope(by, 'chat');
    const { rooms, messages, directory } = this.readers;
    await visibleRoom(roomId, by, rooms, directory);
    if (after === undefined) return messages.before(roomId, before ?? Number.MAX_SAFE_INTEGER, limit);
    const found = await messages.after(roomId, after, limit);
    return before === undefined ? found : found.filter(({ seq }) => seq < before);
  }

  async search(query: ListQuery, by: Principal): Promise<Page<MessageView>> {
    requireScope(by, 'chat');
    if (!query.words?.length) return { rows: [], total: 0 };
    return this.readers.messages.list({ ...query, viewer: by.userId });
  }

  /** What a message said before it was edited, the last first. */
  async history(id: MessageId, query: ListQuery, by: Principal): Promise<Page<PastTextView>> {
    requireScope(by, 'chat');
    await visibleMessage(id, by, this.readers);
    return this.readers.messages.pastTexts({ ...query, where: { message: id } });
  }
}

import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { MessageNotFound } from '../domain/errors.ts';
import type { Message, MessageId } from '../domain/message.ts';
import { PastText } from '../domain/past-text.ts';
import type { RoomLog } from '../domain/room-log.ts';
import { messagesChanged } from './events.ts';
import { messageView } from './message-view.ts';
import type { ChatRepositories, ChatWork, MessageView } from './ports.ts';
import { type ChatReaders, visibleMessage } from './visible-message.ts';

export interface ChangeMessageCommand {
  readonly messageId: MessageId;
  readonly expectedVersion: number | undefined;
}

/**
 * Edits a message, or deletes it.
 *
 * - Only its author can, as long as they may see its room; whoever may not see that is told that there is no message.
 * - What it said before an edit is kept. A deletion takes what it says, and all that it ever said; that it was there stays.
 * - An edit to the same text leaves no trace. What is deleted is not edited, and deleting it again changes nothing.
 * - Nothing is changed in an archived room.
 * - Each change has its room's next `rev`.
 * - A change that was made against an older version is refused.
 */
export class ChangeMessage {
  private readonly work: ChatWork;
  private readonly readers: ChatReaders;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: ChatWork, readers: ChatReaders, ids: Ids, clock: Clock) {
    this.work = work;
    this.readers = readers;
    this.ids = ids;
    this.clock = clock;
  }

  edit(command: ChangeMessageCommand, text: string | undefined, by: Principal): Promise<MessageView> {
    return this.change(command, by, async (message, log, { pastTexts }) => {
      if (text === undefined || (!message.deleted && text === message.text)) return;
      const before = message.text;
      const now = this.clock.now();
      log.edit(message, text, now);
      await pastTexts.add(new PastText(this.ids.next(), message.id, before, now));
    });
  }

  async delete(command: ChangeMessageCommand, by: Principal): Promise<void> {
    await this.change(command, by, async (message, log, { pastTexts }) => {
      if (message.deleted) return;
      log.delete(message, this.clock.now());
      await pastTexts.removeAllOf(message.id);
    });
  }

  private async change(
    { messageId, expectedVersion }: ChangeMessageCommand,
    by: Principal,
    apply: (message: Message, log: RoomLog, repositories: ChatRepositories) => Promise<void>,
  ): Promise<MessageView> {
    requireScope(by, 'chat');
    const { roomId } = await visibleMessage(messageId, by, this.readers);
    return this.work.run(
      async repositories => {
        const { logs, messages, people, events } = repositories;
        const log = (await logs.lockAll([roomId])).get(roomId);
        const message = log && (await messages.get(messageId));
        if (!message) throw new MessageNotFound();
        message.requireAuthor(by.userId);
        requireVersion(message, expectedVersion);
        const { rev } = message;
        await apply(message, log, repositories);
        const view = messageView(message, await people.names([message.authorId]));
        if (message.rev === rev) return view;
        await logs.saveAll([log]);
        events.record(messagesChanged([view]));
        return view;
      },
      { retry: expectedVersion === undefined },
    );
  }
}

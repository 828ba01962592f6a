import type { Id } from '../../../kernel/ids.ts';
import type { MessageId } from './message.ts';

export type PastTextId = Id<'past text'>;

/** What a message said before it was edited. */
export class PastText {
  readonly id: PastTextId;
  readonly messageId: MessageId;
  readonly text: string;
  /** When it was replaced. */
  readonly createdAt: Date;
  readonly version = 1;

  constructor(id: PastTextId, messageId: MessageId, text: string, now: Date) {
    this.id = id;
    this.messageId = messageId;
    this.text = text;
    this.createdAt = now;
  }
}

import { DomainError, ServerBusy } from '../../../kernel/errors.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { boundedText } from '../../../kernel/text.ts';
import { MOST_MESSAGES_AT_ONCE, MOST_MESSAGES_WAITING } from '../domain/limits.ts';
import { CLIENT_ID, MESSAGE_TEXT, type MessageContent } from '../domain/message.ts';
import type { RoomId } from '../domain/room.ts';
import type { MessageView } from './ports.ts';
import type { Posted, Posting, PostMessages } from './post-messages.ts';

export interface SendMessageCommand {
  readonly roomId: RoomId;
  readonly content: MessageContent;
}

interface Waiting {
  readonly posting: Posting;
  readonly resolve: (message: MessageView) => void;
  readonly reject: (error: unknown) => void;
}

/** Resolves when what has come already has been taken. */
export type Gather = () => Promise<void>;

/**
 * Sends one message: it is stored when this returns. Messages that come at once, or while others are being stored, are stored together,
 * in the next transaction; so the more there are, the less each of them costs, and a single one waits for nothing.
 *
 * - What may be sent, and where, `PostMessages` says.
 * - Where more wait than can be stored soon, the sender is told to try again.
 */
export class SendMessage {
  private readonly postings: PostMessages;
  private readonly gather: Gather;
  private waiting: Waiting[] = [];
  private isStoring = false;

  constructor(postings: PostMessages, gather: Gather) {
    this.postings = postings;
    this.gather = gather;
  }

  async execute({ roomId, content }: SendMessageCommand, by: Principal): Promise<MessageView> {
    requireScope(by, 'chat');
    // Storages would refuse all that is sent together for the sake of one text that they cannot hold.
    boundedText('client_id', content.clientId, CLIENT_ID);
    boundedText('text', content.text, MESSAGE_TEXT);
    if (this.waiting.length >= MOST_MESSAGES_WAITING) throw new ServerBusy();
    return new Promise((resolve, reject) => {
      this.waiting.push({ posting: { roomId, authorId: by.userId, content }, resolve, reject });
      if (!this.isStoring) void this.storeAll();
    });
  }

  private async storeAll(): Promise<void> {
    this.isStoring = true;
    while (this.waiting.length > 0) {
      await this.gather();
      await this.storeSome();
    }
    this.isStoring = false;
  }

  private async storeSome(): Promise<void> {
    let taken: Waiting[] | undefined;
    const take = () => {
      taken = this.waiting.slice(0, MOST_MESSAGES_AT_ONCE);
      this.waiting = this.waiting.slice(MOST_MESSAGES_AT_ONCE);
      return taken.map(({ posting }) => posting);
    };
    try {
      const posted = await this.postings.execute(take);
      for (const [index, each] of (taken ?? []).entries()) answer(each, posted[index] as Posted);
    } catch (error) {
      // Where not even a transaction could be had, nobody was taken, and all who wait would wait in vain.
      for (const { reject } of taken ?? this.waiting.splice(0)) reject(error);
    }
  }
}

function answer({ resolve, reject }: Waiting, posted: Posted): void {
  if (posted instanceof DomainError) reject(posted);
  else resolve(posted);
}

import type { Id } from '../../../kernel/ids.ts';
import type { UserId } from '../../../kernel/principal.ts';
import { searchWords } from '../../../kernel/search-words.ts';
import { boundedText, type TextBounds } from '../../../kernel/text.ts';
import { MessageDeleted, NotMessageAuthor } from './errors.ts';
import type { RoomId } from './room.ts';

export type MessageId = Id<'message'>;

export const MESSAGE_TEXT: TextBounds = { min: 1, max: 4000 };

/** What a client calls a message, so that sending it again makes no second one. */
export const CLIENT_ID: TextBounds = { min: 1, max: 100 };

/** What somebody wants to say. */
export interface MessageContent {
  readonly clientId: string;
  readonly text: string;
}

/** Where a message is in its room. */
export interface MessagePlace {
  readonly roomId: RoomId;
  readonly seq: number;
  readonly rev: number;
}

/** What somebody said in a room. Its author can change and delete it; its number and its place stay. */
export class Message {
  readonly id: MessageId;
  readonly roomId: RoomId;
  /** Its number in the room, from 1 on without a gap. */
  readonly seq: number;
  /** The number of the change to the room that last touched it. */
  rev: number;
  /** What `rev` was when it was sent: since then changes to earlier messages have greater numbers. */
  readonly sentRev: number;
  readonly authorId: UserId;
  readonly clientId: string;
  text: string;
  readonly sentAt: Date;
  /** When it was last changed, or deleted. */
  editedAt: Date | null = null;
  deleted = false;
  readonly version = 1;

  /** @throws InvalidText */
  constructor(
    id: MessageId,
    { roomId, seq, rev }: MessagePlace,
    authorId: UserId,
    content: MessageContent,
    now: Date,
  ) {
    this.id = id;
    this.roomId = roomId;
    this.seq = seq;
    this.rev = rev;
    this.sentRev = rev;
    this.authorId = authorId;
    this.clientId = boundedText('client_id', content.clientId, CLIENT_ID);
    this.text = boundedText('text', content.text, MESSAGE_TEXT);
    this.sentAt = now;
  }

  /** The words that a search finds it by. */
  get searchText(): string {
    return searchWords(this.text).join(' ');
  }

  /** @throws NotMessageAuthor */
  requireAuthor(by: UserId): void {
    if (by !== this.authorId) throw new NotMessageAuthor();
  }

  /** @throws MessageDeleted, InvalidText */
  edit(text: string, rev: number, now: Date): void {
    if (this.deleted) throw new MessageDeleted();
    this.text = boundedText('text', text, MESSAGE_TEXT);
    this.rev = rev;
    this.editedAt = now;
  }

  /** What it said is gone; that there was something stays. */
  delete(rev: number, now: Date): void {
    this.text = '';
    this.deleted = true;
    this.rev = rev;
    this.editedAt = now;
  }
}

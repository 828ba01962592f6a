import { presentMessage, type ShownMessage } from '../http/message-representation.ts';

export type LiveItemType = 'message' | 'edited' | 'deleted';

/** One change of a room, as one text that all who get it share. */
export interface LiveItem {
  readonly type: LiveItemType;
  readonly seq: number;
  readonly rev: number;
  /** As a frame: JSON. */
  readonly text: string;
}

export function liveItem(message: ShownMessage, isNew: boolean): LiveItem {
  const type = isNew ? 'message' : message.deleted ? 'deleted' : 'edited';
  const { seq, rev } = message;
  return { type, seq, rev, text: JSON.stringify({ type, ...presentMessage(message) }) };
}

/** Some changes of a room, in order. It is written once, however many get it. */
export class Delivery {
  readonly items: readonly LiveItem[];
  private bytes: Buffer | undefined;
  private eventText: string | undefined;

  constructor(items: readonly LiveItem[]) {
    this.items = items;
  }

  /** As one frame of a socket. */
  get frame(): Buffer {
    this.bytes ??= Buffer.from(
      this.items.length === 1
        ? (this.items[0] as LiveItem).text
        : `{"type":"batch","frames":[${this.items.map(({ text }) => text).join()}]}`,
    );
    return this.bytes;
  }

  /** As server-sent events (HTML, section 9.2). The id is that of the newest message, wherever somebody stops reading. */
  get events(): string {
    this.eventText ??= this.items.map(eventOf).join('');
    return this.eventText;
  }
}

/** Only a new message moves the id: a change to an old one is told again to who comes back, because its `rev` is greater. */
export function eventOf({ type, seq, text }: LiveItem): string {
  return `event: ${type}\n${type === 'message' ? `id: ${seq}\n` : ''}data: ${text}\n\n`;
}

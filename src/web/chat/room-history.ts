import type { ChatMessage, FrameOf } from './frames.ts';
import { MessageList } from './message-list.ts';

/** The last messages before a number, in order; none where there are none. */
export type LoadBefore = (before: number) => Promise<readonly ChatMessage[]>;

/** What a client knows of a room's messages, and from where on nothing is missing. */
export class RoomHistory {
  /** The last message and the last change that it knows. */
  seq = 0;
  rev = 0;
  /** Whether it has been told where the room is. */
  isKnown = false;
  private readonly most: number;
  private readonly list: MessageList;
  /** The first message that is wanted. */
  private from = 0;
  /** From here on all messages are there, as they are now. */
  private completeFrom = 0;
  /** After a hole in what it was told: nothing counts until it has been told where the room is. */
  private isTorn = false;
  private loads = 0;
  /** Messages that were changed while older ones are loaded, which may come as they were before. */
  private readonly changedMeanwhile = new Map<number, ChatMessage>();

  constructor(most: number) {
    this.most = most;
    this.list = new MessageList(most);
  }

  get messages(): readonly ChatMessage[] {
    return this.list.all;
  }

  /** Whether, of the messages from the first one on, none is missing or may have been changed since. */
  get isComplete(): boolean {
    return this.completeFrom <= Math.max(this.from, this.seq - this.most + 1);
  }

  resume(): { readonly after?: number; readonly rev?: number } {
    return this.isKnown ? { after: this.seq, rev: this.rev } : {};
  }

  join({ seq, rev, messages, changes, gap }: FrameOf<'joined'>): void {
    const first = messages[0]?.seq ?? seq + 1;
    if (!this.isKnown) this.from = first;
    // The server says where it left something out, changes to earlier messages perhaps; a hole shows without that.
    if (!this.isKnown || gap || first > this.seq + 1) this.completeFrom = first;
    this.isKnown = true;
    this.isTorn = false;
    for (const message of messages) this.put(message);
    for (const message of changes) this.put(message);
    // A server that is behind another tells again what is known.
    this.seq = Math.max(this.seq, seq);
    this.rev = Math.max(this.rev, rev);
  }

  /** Returns false where what comes before it was not told: then where the room is must be asked again. */
  take(message: ChatMessage): boolean {
    if (!this.isKnown || this.isTorn) return true;
    this.isTorn = message.seq > this.seq + 1;
    if (this.isTorn) return false;
    this.put(message);
    this.seq = Math.max(this.seq, message.seq);
    this.rev = Math.max(this.rev, message.rev);
    return true;
  }

  /** Loads what is missing or may have changed. */
  async complete(load: LoadBefore): Promise<void> {
    while (!this.isComplete) {
      const before = this.completeFrom;
      const reached = await this.load(load, before);
      // Meanwhile more may have been missed.
      if (this.completeFrom === before) this.completeFrom = reached;
      this.from = Math.min(this.from, this.completeFrom);
    }
  }

  /** Loads some that are older than all others; false where there are none, or no place for them. */
  async loadOlder(load: LoadBefore): Promise<boolean> {
    await this.complete(load);
    const before = this.completeFrom;
    if (before <= 1 || this.list.isFull) return false;
    const reached = await this.load(load, before);
    if (this.completeFrom === before) this.completeFrom = reached;
    this.from = Math.min(this.from, reached);
    return reached > 0;
  }

  /** Returns the number of the first message of what was loaded, or 0 where there was nothing. */
  private async load(load: LoadBefore, before: number): Promise<number> {
    this.loads += 1;
    try {
      const messages = await load(before);
      for (const message of messages) {
        this.list.put(message);
        const changed = this.changedMeanwhile.get(message.seq);
        if (changed) this.list.put(changed);
      }
      const first = messages[0]?.seq ?? 0;
      return first < before ? first : 0;
    } finally {
      this.loads -= 1;
      if (this.loads === 0) this.changedMeanwhile.clear();
    }
  }

  private put(message: ChatMessage): void {
    if (message.seq >= this.from) this.list.put(message);
    if (this.loads > 0 && message.seq < this.completeFrom) this.changedMeanwhile.set(message.seq, message);
  }
}

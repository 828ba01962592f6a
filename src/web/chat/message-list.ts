import type { ChatMessage } from './frames.ts';

/** Messages in the order of their numbers, each once and as it was changed last; of too many the newest. */
export class MessageList {
  private readonly most: number;
  private readonly items: ChatMessage[] = [];
  private shown: readonly ChatMessage[] | undefined;

  constructor(most: number) {
    this.most = most;
  }

  /** The same list as long as nothing changes. */
  get all(): readonly ChatMessage[] {
    this.shown ??= [...this.items];
    return this.shown;
  }

  get isFull(): boolean {
    return this.items.length >= this.most;
  }

  /** Adds a message, or what it has become. */
  put(message: ChatMessage): void {
    const index = this.indexOf(message.seq);
    const present = this.items[index];
    if (present?.seq === message.seq) {
      if (present.rev >= message.rev) return;
      this.items[index] = message;
    } else {
      this.items.splice(index, 0, message);
      if (this.items.length > this.most) this.items.shift();
    }
    this.shown = undefined;
  }

  /** Where a message with this number is, or would be. */
  private indexOf(seq: number): number {
    let low = 0;
    let high = this.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.items[middle]?.seq ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

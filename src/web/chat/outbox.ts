import { ChatError, isPassing } from './chat-error.ts';
import type { FrameOf, SendFrame } from './frames.ts';
import { backOff } from './pauses.ts';
import type { Timers } from './surroundings.ts';

/** A message that is not among those of its room yet. */
export interface PendingMessage {
  readonly clientId: string;
  readonly text: string;
  /** `stored`: acknowledged, and still to come as a message of the room. */
  readonly state: 'waiting' | 'sent' | 'stored';
  /** Where it is stored. */
  readonly seq?: number;
}

export interface SentMessage {
  readonly id: string;
  readonly seq: number;
  readonly sent_at: string;
}

export interface OutboxParts {
  readonly timers: Timers;
  readonly random: () => number;
  /** Messages that may wait. */
  readonly most: number;
  readonly post: (frame: SendFrame) => void;
  /** One was acknowledged. */
  readonly stored: (roomId: string, message: PendingMessage) => void;
  readonly changed: (roomId: string) => void;
}

interface Entry {
  readonly frame: SendFrame;
  readonly resolve: (sent: SentMessage) => void;
  readonly reject: (error: ChatError) => void;
}

/** What is to be said in one room. */
interface Queue {
  readonly entries: Entry[];
  /** Whether the first one has been sent over this connection. */
  isSent: boolean;
  /** How often the first one was refused for a while. */
  refusals: number;
  timer: unknown;
}

/**
 * Messages until they are acknowledged. Of one room there is one on its way at a time, so that they are stored in the order in
 * which they were said, whatever is refused or lost; sent again under the same `client_id`, none is stored twice.
 */
export class Outbox {
  private readonly parts: OutboxParts;
  private readonly queues = new Map<string, Queue>();
  private isConnected = false;
  private size = 0;

  constructor(parts: OutboxParts) {
    this.parts = parts;
  }

  /** Whether an answer is to come. */
  get isAwaiting(): boolean {
    return [...this.queues.values()].some(({ isSent }) => isSent);
  }

  of(roomId: string): readonly PendingMessage[] {
    const queue = this.queues.get(roomId);
    return (queue?.entries ?? []).map(({ frame }, index) => ({
      clientId: frame.client_id,
      text: frame.text,
      state: queue?.isSent && index === 0 ? 'sent' : 'waiting',
    }));
  }

  add(room: string, text: string): Promise<SentMessage> {
    const { most, changed } = this.parts;
    if (this.size >= most)
      return Promise.reject(
        new ChatError(
          'client.too_many_pending',
          `${most} messages wait to be sent. Try again when some have been.`,
        ),
      );
    return new Promise((resolve, reject) => {
      const frame: SendFrame = { type: 'send', room, client_id: crypto.randomUUID(), text };
      const queue = this.queues.get(room) ?? { entries: [], isSent: false, refusals: 0, timer: undefined };
      queue.entries.push({ frame, resolve, reject });
      this.queues.set(room, queue);
      this.size += 1;
      this.sendFirst(queue);
      changed(room);
    });
  }

  connected(): void {
    this.isConnected = true;
    for (const queue of this.queues.values()) this.sendFirst(queue);
  }

  disconnected(): void {
    this.isConnected = false;
    for (const [roomId, queue] of this.queues) {
      this.rest(queue);
      this.parts.changed(roomId);
    }
  }

  acknowledge({ client_id: clientId, id, seq, sent_at }: FrameOf<'ack'>): void {
    const entry = this.finish(clientId);
    if (!entry) return;
    const { room, text } = entry.frame;
    this.parts.stored(room, { clientId, text, state: 'stored', seq });
    entry.resolve({ id, seq, sent_at });
  }

  refuse(clientId: string, { code, detail }: FrameOf<'error'>): void {
    const queue = this.queueOf(clientId);
    if (!queue) return;
    if (isPassing(code)) this.sendLater(queue);
    else this.finish(clientId)?.reject(new ChatError(code, detail));
  }

  /** Gives up everything. */
  fail(error: ChatError): void {
    for (const [roomId, queue] of this.queues) {
      this.rest(queue);
      this.queues.delete(roomId);
      for (const { reject } of queue.entries) reject(error);
      this.parts.changed(roomId);
    }
    this.size = 0;
  }

  private queueOf(clientId: string): Queue | undefined {
    for (const queue of this.queues.values())
      if (queue.entries[0]?.frame.client_id === clientId) return queue;
    return undefined;
  }

  private finish(clientId: string): Entry | undefined {
    const queue = this.queueOf(clientId);
    const entry = queue?.entries.shift();
    if (!queue || !entry) return undefined;
    this.size -= 1;
    this.rest(queue);
    queue.refusals = 0;
    if (queue.entries.length === 0) this.queues.delete(entry.frame.room);
    this.sendFirst(queue);
    this.parts.changed(entry.frame.room);
    return entry;
  }

  private sendFirst(queue: Queue): void {
    const [first] = queue.entries;
    if (!first || !this.isConnected || queue.isSent || queue.timer !== undefined) return;
    queue.isSent = true;
    this.parts.post(first.frame);
  }

  private sendLater(queue: Queue): void {
    const { timers, random } = this.parts;
    this.rest(queue);
    const pause = backOff(queue.refusals, random);
    queue.refusals += 1;
    queue.timer = timers.setTimeout(() => {
      queue.timer = undefined;
      this.sendFirst(queue);
    }, pause);
  }

  private rest(queue: Queue): void {
    queue.isSent = false;
    this.parts.timers.clearTimeout(queue.timer);
    queue.timer = undefined;
  }
}

import type { Worker } from 'node:cluster';

/** What joins a worker and its primary. `sent` is called when the other side has taken the message, or never will. */
export interface Channel {
  send(message: object, sent: () => void): void;
  listen(hear: (message: unknown) => void): void;
}

export function channelToPrimary(): Channel {
  return {
    send: (message, sent) => void process.send?.(message, sent),
    listen: hear => void process.on('message', hear),
  };
}

export function channelTo(worker: Worker): Channel {
  return {
    send: (message, sent) => void worker.send(message, sent),
    listen: hear => void worker.on('message', hear),
  };
}

/** What a worker or the primary answers, of what the other side asks. */
export type Reply = (question: never) => Promise<unknown>;

interface Message {
  readonly topic: string;
  readonly text: string;
  /** The number of a question. */
  readonly asks?: number;
  /** The number of the question that this answers. */
  readonly answers?: number;
}

interface Asked {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Told, as soon as there is room again, to whoever was not told something for want of it. */
export const MISSED = 'missed';

/** Characters that wait for the other side to take them. What does not fit is not sent: a side that stands still costs no more. */
const MOST_WAITING = 4_194_304;

const MOST_ASKED = 10_000;

/** Milliseconds for which nothing is asked of a side that left a question without an answer. */
const PAUSE = 1000;

/** One end of the channel between a worker and its primary. Both run the same code, so what is said is believed. */
export class Peer {
  private readonly channel: Channel;
  private readonly hearers = new Map<string, (text: string) => void>();
  private readonly replies = new Map<string, Reply>();
  private readonly asked = new Map<number, Asked>();
  private waiting = 0;
  private hasRefused = false;
  private lastQuestion = 0;
  private silentUntil = Number.NEGATIVE_INFINITY;

  constructor(channel: Channel) {
    this.channel = channel;
    channel.listen(message => this.hear(message as Partial<Message> | null));
  }

  /** One hears what is told of a topic. */
  on(topic: string, hear: (text: string) => void): void {
    this.hearers.set(topic, hear);
  }

  reply(topic: string, reply: Reply): void {
    this.replies.set(topic, reply);
  }

  /** False where it was not sent, because too much waits already. The other side is told that it missed something. */
  tell(topic: string, text = '', sent?: () => void): boolean {
    return this.send({ topic, text }, sent);
  }

  /** @throws Error where there is no answer within `timeout` milliseconds, or nothing is asked */
  ask(topic: string, question: unknown, timeout: number): Promise<unknown> {
    if (performance.now() < this.silentUntil || this.asked.size >= MOST_ASKED)
      return Promise.reject(new Error('The other process does not answer'));
    this.lastQuestion += 1;
    const asks = this.lastQuestion;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.silentUntil = performance.now() + PAUSE;
        settle(reject, new Error('The other process did not answer in time'));
      }, timeout);
      const settle = <T>(end: (value: T) => void, value: T) => {
        clearTimeout(timer);
        this.asked.delete(asks);
        end(value);
      };
      this.asked.set(asks, {
        resolve: answer => settle(resolve, answer),
        reject: error => settle(reject, error),
      });
      if (!this.send({ topic, text: JSON.stringify(question), asks }))
        settle(reject, new Error('Too much waits for the other process'));
    });
  }

  /** Nobody is there any more: what was asked gets no answer. */
  end(): void {
    for (const { reject } of [...this.asked.values()]) reject(new Error('The other process has ended'));
  }

  private send(message: Message, sent?: () => void): boolean {
    const size = message.text.length;
    if (this.waiting + size > MOST_WAITING) {
      this.hasRefused = true;
      return false;
    }
    this.waiting += size;
    this.channel.send(message, () => {
      this.waiting -= size;
      sent?.();
      if (!this.hasRefused || this.waiting > MOST_WAITING / 2) return;
      this.hasRefused = false;
      this.tell(MISSED);
    });
    return true;
  }

  private hear(message: Partial<Message> | null): void {
    const { topic, text, asks, answers } = message ?? {};
    if (typeof topic !== 'string' || typeof text !== 'string') return;
    if (answers !== undefined) this.settle(answers, text);
    else if (asks !== undefined) void this.answer(topic, text, asks);
    else this.hearers.get(topic)?.(text);
  }

  private settle(question: number, text: string): void {
    const { value, failure } = JSON.parse(text) as { value?: unknown; failure?: string };
    const asked = this.asked.get(question);
    if (failure === undefined) asked?.resolve(value);
    else asked?.reject(new Error(failure));
  }

  private async answer(topic: string, question: string, answers: number): Promise<void> {
    let answer: object;
    try {
      answer = { value: await this.replies.get(topic)?.(JSON.parse(question) as never) };
    } catch (error) {
      answer = { failure: (error as Error).message };
    }
    this.send({ topic, text: JSON.stringify(answer), answers });
  }
}

import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Server } from './chat-servers.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into frames freely.
type Frame = any;

interface Shown {
  readonly id: string;
  readonly author: string;
  readonly text: string;
  readonly deleted: boolean;
}

interface Waiting {
  readonly isThere: () => boolean;
  readonly resolve: () => void;
}

/**
 * A room as a careless client keeps it: it takes what it is told in the order in which it comes, and remembers the greatest
 * `seq` and `rev` that it saw anywhere.
 */
export class RoomReplica {
  readonly room: string;
  readonly token: string;
  /** By `seq`. */
  readonly view = new Map<number, Shown>();
  /** When each message came, by its `seq`; times are as `performance.now` says them. */
  readonly heardAt = new Map<number, number>();
  /** What should never have come. */
  readonly faults: string[] = [];
  seq = 0;
  rev = 0;
  /** How often a message came as a new one. */
  messagesHeard = 0;
  private waiting: Waiting[] = [];

  constructor(room: string, token: string) {
    this.room = room;
    this.token = token;
  }

  /** Waits until this is so; it is asked whenever something has come. */
  until(isThere: () => boolean): Promise<void> {
    if (isThere()) return Promise.resolve();
    return new Promise(resolve => this.waiting.push({ isThere, resolve }));
  }

  protected look(): void {
    const there = this.waiting.filter(({ isThere }) => isThere());
    this.waiting = this.waiting.filter(each => !there.includes(each));
    for (const { resolve } of there) resolve();
  }

  protected add(message: Frame): void {
    this.messagesHeard += 1;
    this.heardAt.set(message.seq, performance.now());
    if (message.seq !== this.seq + 1) this.faults.push(`${message.seq} came after ${this.seq}`);
    this.seq = Math.max(this.seq, message.seq);
    this.show(message);
  }

  protected change(message: Frame): void {
    if (!this.view.has(message.seq)) this.faults.push(`${message.seq} was changed, and is not known`);
    this.show(message);
  }

  private show({ seq, rev, id, author, text, deleted = false }: Frame): void {
    this.rev = Math.max(this.rev, rev);
    this.view.set(seq, { id, author: author.id, text, deleted });
  }
}

/** One that follows by a socket: it comes back with what it saw last, and sends again what was not acknowledged. */
export class ChatReplica extends RoomReplica {
  /** What each message that was acknowledged became, by its client id. */
  readonly acks = new Map<string, { readonly id: string; readonly seq: number; readonly at: number }>();
  readonly unacknowledged = new Map<string, string>();
  isJoined = false;
  private socket: WebSocket | undefined;

  constructor(room: string, token: string) {
    super(room, token);
    onTestFinished(() => this.drop());
  }

  get isConnected(): boolean {
    return this.socket !== undefined;
  }

  /** Connects, and joins; resolves when it is joined, or when the socket is gone. */
  async connect({ origin }: Pick<Server, 'origin'>): Promise<void> {
    this.drop();
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/v1/chat/ws`, ['atrium.chat.v1'], {
      headers: { authorization: `Bearer ${this.token}` },
      perMessageDeflate: false,
    });
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', data => {
      if (this.socket === socket) this.take(JSON.parse(String(data)));
    });
    socket.once('close', () => {
      if (this.socket === socket) this.gone();
    });
    await Promise.race([once(socket, 'open'), once(socket, 'close')]).catch(() => undefined);
    if (this.socket !== socket) return;
    this.join();
    await this.until(() => this.isJoined || this.socket !== socket);
  }

  /** Joins, or joins again. */
  join(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.tell({ type: 'join', room: this.room, after: this.seq, rev: this.rev });
  }

  /** As where the network fails. */
  drop(): void {
    const { socket } = this;
    this.gone();
    socket?.terminate();
  }

  send(text: string, clientId: string): void {
    this.unacknowledged.set(clientId, text);
    if (this.isJoined) this.tell({ type: 'send', room: this.room, client_id: clientId, text });
  }

  private gone(): void {
    this.socket = undefined;
    this.isJoined = false;
    this.look();
  }

  private tell(frame: object): void {
    this.socket?.send(JSON.stringify(frame));
  }

  private take(frame: Frame): void {
    for (const each of frame.type === 'batch' ? frame.frames : [frame]) this.takeOne(each);
    this.look();
  }

  private takeOne(frame: Frame): void {
    if (frame.type === 'joined') this.begin(frame);
    else if (frame.type === 'message') this.add(frame);
    else if (frame.type === 'edited' || frame.type === 'deleted') this.change(frame);
    else if (frame.type === 'ack') this.acknowledge(frame);
    else if (frame.type === 'error' && frame.client_id === undefined)
      this.faults.push(`error ${frame.code}: ${frame.detail}`);
  }

  private begin({ seq, rev, messages, changes, gap }: Frame): void {
    if (gap) this.faults.push('a gap');
    // What came between asking and joining again is told twice.
    for (const message of messages) {
      if (message.seq > this.seq) this.add(message);
      else this.change(message);
    }
    for (const message of changes) this.change(message);
    if (seq > this.seq) this.faults.push(`joined at ${seq}, of which ${this.seq} were told`);
    this.rev = Math.max(this.rev, rev);
    if (this.isJoined) return;
    this.isJoined = true;
    for (const [client_id, text] of this.unacknowledged)
      this.tell({ type: 'send', room: this.room, client_id, text });
  }

  private acknowledge({ client_id: clientId, id, seq }: Frame): void {
    const known = this.acks.get(clientId);
    if (known && (known.id !== id || known.seq !== seq)) this.faults.push(`${clientId} was stored twice`);
    this.acks.set(clientId, { id, seq, at: performance.now() });
    this.unacknowledged.delete(clientId);
  }
}

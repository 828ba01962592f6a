import { ChatError } from './chat-error.ts';
import type { ChatMessage, ClientFrame, FrameOf, JoinFrame, Person, ServerFrame } from './frames.ts';
import { Listeners } from './listeners.ts';
import type { PendingMessage, SentMessage } from './outbox.ts';
import type { Room, RoomState } from './room.ts';
import { type LoadBefore, RoomHistory } from './room-history.ts';
import { RoomPeople } from './room-people.ts';
import type { Timers } from './surroundings.ts';

export interface ChatRoomParts {
  readonly timers: Timers;
  readonly mostMessages: number;
  readonly history: number | undefined;
  readonly loadBefore: LoadBefore | undefined;
  /** Sends a frame if there is a connection. */
  readonly post: (frame: ClientFrame) => void;
  readonly pending: () => readonly PendingMessage[];
  /** Why the client has stopped, if it has. */
  readonly stopped: () => ChatError | undefined;
  readonly send: (text: string) => Promise<SentMessage>;
  /** Has the client leave it, or join it anew. */
  readonly left: (room: ChatRoom) => void;
  readonly rejoin: (room: ChatRoom) => void;
  /** Has the listeners told. */
  readonly changed: (room: ChatRoom) => void;
}

/** Milliseconds for which the server passes over that somebody still types. */
const TYPING_PAUSE = 2000;

/** What the client makes of a room, with what the client itself needs to do so. */
export class ChatRoom implements Room {
  readonly id: string;
  readonly listeners = new Listeners();
  state: RoomState = 'joining';
  failure: ChatError | undefined;
  readSeq = 0;
  private readonly parts: ChatRoomParts;
  private readonly history: RoomHistory;
  private readonly people: RoomPeople;
  private stored: PendingMessage[] = [];
  private typedAt = Number.NEGATIVE_INFINITY;
  private wantedRead = 0;

  constructor(id: string, parts: ChatRoomParts) {
    this.id = id;
    this.parts = parts;
    this.history = new RoomHistory(parts.mostMessages);
    this.people = new RoomPeople(parts.timers, () => this.changed());
  }

  get messages(): readonly ChatMessage[] {
    return this.history.messages;
  }

  get pending(): readonly PendingMessage[] {
    return [...this.stored, ...this.parts.pending()];
  }

  get seq(): number {
    return this.history.seq;
  }

  get rev(): number {
    return this.history.rev;
  }

  get isComplete(): boolean {
    return this.history.isComplete;
  }

  get members(): readonly Person[] {
    return this.people.members;
  }

  get typing(): readonly Person[] {
    return this.people.typing;
  }

  subscribe(listener: () => void): () => void {
    return this.listeners.add(listener);
  }

  joined(): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.state === 'joined') resolve();
        else {
          const refusal = this.refusal;
          if (!refusal) return;
          reject(refusal);
        }
        end();
      };
      const end = this.subscribe(look);
      look();
    });
  }

  send(text: string): Promise<SentMessage> {
    const { refusal } = this;
    return refusal ? Promise.reject(refusal) : this.parts.send(text);
  }

  typed(): void {
    const now = this.parts.timers.now();
    if (this.state !== 'joined' || now - this.typedAt < TYPING_PAUSE) return;
    this.typedAt = now;
    this.parts.post({ type: 'typing', room: this.id });
  }

  markRead(seq: number): void {
    const wanted = Math.min(seq, this.seq);
    if (wanted <= Math.max(this.wantedRead, this.readSeq)) return;
    this.wantedRead = wanted;
    this.postRead();
  }

  leave(): void {
    this.end(undefined);
  }

  async complete(): Promise<void> {
    await this.history.complete(this.load());
    this.changed();
  }

  async loadOlder(): Promise<boolean> {
    const isOlder = await this.history.loadOlder(this.load());
    this.changed();
    return isOlder;
  }

  joinFrame(): JoinFrame {
    const { history } = this.parts;
    const resume = this.history.isKnown ? this.history.resume() : history === undefined ? {} : { history };
    return { type: 'join', room: this.id, ...resume };
  }

  /** What the server says of this room. */
  receive(frame: ServerFrame): void {
    if (frame.type === 'joined') this.enter(frame);
    else if (this.state !== 'joined') return;
    else if (frame.type === 'message' || frame.type === 'edited' || frame.type === 'deleted')
      this.take(frame);
    else if (frame.type === 'presence') this.people.meet(frame);
    else if (frame.type === 'typing') this.people.types(frame.user);
    else if (frame.type === 'read') this.readSeq = Math.max(this.readSeq, frame.seq);
    this.changed();
  }

  /** A message of this client is stored; it comes like all others, before or after this. */
  store(message: PendingMessage): void {
    this.stored.push(message);
    this.dropStored();
    this.changed();
  }

  disconnected(): void {
    if (this.state === 'left') return;
    this.state = 'away';
    this.people.nobodyTypes();
    this.changed();
  }

  end(failure: ChatError | undefined): void {
    if (this.state === 'left') return;
    this.state = 'left';
    this.failure = failure;
    this.stored = [];
    this.people.enter([]);
    this.people.nobodyTypes();
    this.parts.left(this);
    this.changed();
  }

  changed(): void {
    this.parts.changed(this);
  }

  /** Why nothing can be done here any more. */
  private get refusal(): ChatError | undefined {
    if (this.state === 'left') return this.failure ?? new ChatError('client.left', 'The room was left.');
    return this.parts.stopped();
  }

  private enter(frame: FrameOf<'joined'>): void {
    this.state = 'joined';
    this.history.join(frame);
    this.people.enter(frame.members);
    this.dropStored();
    this.postRead();
    // What cannot be loaded now is asked for when it is joined again, or by whoever shows it.
    if (!this.isComplete && this.parts.loadBefore) this.complete().catch(() => undefined);
  }

  private take({ type, ...message }: FrameOf<'message' | 'edited' | 'deleted'>): void {
    if (type === 'message') this.people.rests(message.author.id);
    if (!this.history.take(message)) this.parts.rejoin(this);
    this.dropStored();
  }

  private dropStored(): void {
    this.stored = this.stored.filter(({ seq = 0 }) => seq > this.seq).slice(-this.parts.mostMessages);
  }

  private postRead(): void {
    if (this.state === 'joined' && this.wantedRead > this.readSeq)
      this.parts.post({ type: 'read', room: this.id, seq: this.wantedRead });
  }

  private load(): LoadBefore {
    const { loadBefore } = this.parts;
    if (loadBefore) return loadBefore;
    throw new Error('Give the client `loadBefore`: it has nothing to load messages with.');
  }
}

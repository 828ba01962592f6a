import { AnswerWatch } from './answer-watch.ts';
import { ChatError } from './chat-error.ts';
import { ChatLink, type Connect, type LinkState } from './chat-link.ts';
import { ChatRoom } from './chat-room.ts';
import { FramePace } from './frame-pace.ts';
import type { ChatMessage, ClientFrame, FrameOf, ServerFrame } from './frames.ts';
import { Listeners } from './listeners.ts';
import { Outbox } from './outbox.ts';
import type { Room } from './room.ts';
import { RoomJoins } from './room-joins.ts';
import { SilenceProbe } from './silence-probe.ts';
import { type NetworkHints, OWN_TIMERS, type Timers, type WebSocketClass } from './surroundings.ts';

export interface ChatClientOptions {
  /** Where to connect, and with what; `chatOverHttp` makes one. */
  readonly connect: Connect;
  /** Reads the last messages of a room before one of them; `chatOverHttp` makes it. Without it, gaps stay. */
  readonly loadBefore?: (roomId: string, before: number) => Promise<readonly ChatMessage[]>;
  /** Messages of a room that are kept: the newest. */
  readonly mostMessages?: number;
  /** Messages that may wait to be sent. */
  readonly mostPending?: number;
  readonly network?: NetworkHints;
  readonly webSocket?: WebSocketClass;
  readonly timers?: Timers;
  readonly random?: () => number;
}

const MOST_MESSAGES = 1000;
const MOST_PENDING = 100;

/** Of the server's pings, which are not seen here, so many could have come while nothing is heard. */
const SILENT_BEATS = 2;

/**
 * The chat over one connection, which is made anew where it ends. Rooms go on where they were, and what was not acknowledged is
 * sent again. It begins with the first room that is joined.
 */
export class ChatClient {
  /** Who this is, once the server has said so. */
  userId: string | undefined;
  private readonly options: ChatClientOptions;
  private readonly timers: Timers;
  private readonly rooms = new Map<string, ChatRoom>();
  private readonly listeners = new Listeners();
  private readonly link: ChatLink;
  private readonly pace: FramePace;
  private readonly watch: AnswerWatch;
  private readonly silence: SilenceProbe;
  private readonly joins: RoomJoins;
  private readonly outbox: Outbox;
  /** Rooms whose listeners are to be told once all that came at once has been taken in. */
  private readonly changed = new Set<ChatRoom>();
  private isReceiving = false;

  constructor(options: ChatClientOptions) {
    const { timers = OWN_TIMERS, random = Math.random, mostPending: most = MOST_PENDING } = options;
    this.options = options;
    this.timers = timers;
    this.link = new ChatLink({
      connect: options.connect,
      webSocket: options.webSocket ?? WebSocket,
      network: options.network,
      timers,
      random,
      opened: welcome => this.opened(welcome),
      received: frames => this.received(frames),
      lost: () => this.lost(),
      changed: () => this.linkChanged(),
    });
    this.pace = new FramePace(timers, frame => this.write(frame));
    // Who leaves a room without being there is answered at once, and nothing else happens.
    this.silence = new SilenceProbe(timers, () => this.post({ type: 'leave', room: crypto.randomUUID() }));
    const isAwaiting = () => this.joins.isAwaiting || this.outbox.isAwaiting || this.silence.isUnanswered;
    this.watch = new AnswerWatch(timers, isAwaiting, () => this.link.drop());
    const post = (frame: ClientFrame) => this.post(frame);
    this.joins = new RoomJoins({ timers, random, rooms: this.rooms, post });
    this.outbox = new Outbox({
      timers,
      random,
      most,
      post,
      stored: (roomId, message) => this.rooms.get(roomId)?.store(message),
      changed: roomId => this.rooms.get(roomId)?.changed(),
    });
  }

  get state(): LinkState {
    return this.link.state;
  }

  /** Why it does not try any more to connect. */
  get failure(): ChatError | undefined {
    return this.link.failure;
  }

  /** Calls the listener when `state` has changed; returns what ends that. */
  subscribe(listener: () => void): () => void {
    return this.listeners.add(listener);
  }

  /** `history`: so many of the last messages come with it. The same room as long as it is not left. */
  join(roomId: string, { history }: { readonly history?: number } = {}): Room {
    const id = roomId.toLowerCase();
    const room = this.rooms.get(id) ?? this.newRoom(id, history);
    if (this.link.state === 'idle') this.connect();
    else this.joins.look(id);
    return room;
  }

  /** Begins, also again after it has stopped, as when somebody has signed in anew. */
  connect(): void {
    this.link.start();
  }

  /** Ends everything. What was not acknowledged may have been sent or not. */
  close(): void {
    const failure = new ChatError('client.closed', 'The client was closed.');
    this.link.stop(failure);
    for (const room of [...this.rooms.values()]) room.end(failure);
  }

  private newRoom(id: string, history: number | undefined): ChatRoom {
    const { loadBefore, mostMessages = MOST_MESSAGES } = this.options;
    const room = new ChatRoom(id, {
      timers: this.timers,
      mostMessages,
      history,
      loadBefore: loadBefore && (before => loadBefore(id, before)),
      post: frame => this.post(frame),
      pending: () => this.outbox.of(id),
      stopped: () => this.failure,
      send: text => this.outbox.add(id, text),
      left: left => {
        if (this.rooms.get(id) === left) this.rooms.delete(id);
        this.joins.look(id);
      },
      rejoin: torn => this.joins.again(torn),
      changed: one => this.tell(one),
    });
    this.rooms.set(id, room);
    return room;
  }

  private opened({ user_id, heartbeat_ms }: FrameOf<'welcome'>): void {
    this.userId = user_id;
    this.silence.begin(SILENT_BEATS * heartbeat_ms);
    this.joins.connected();
    this.outbox.connected();
  }

  private lost(): void {
    this.pace.end();
    this.watch.end();
    this.silence.end();
    this.joins.disconnected();
    this.outbox.disconnected();
    for (const room of this.rooms.values()) room.disconnected();
  }

  private linkChanged(): void {
    if (this.failure) {
      this.outbox.fail(this.failure);
      for (const room of this.rooms.values()) room.changed();
    }
    this.listeners.tell();
  }

  private post(frame: ClientFrame): void {
    if (this.link.state === 'open') this.pace.post(frame);
  }

  private write(frame: ClientFrame): void {
    this.link.send(frame);
    if (frame.type !== 'typing' && frame.type !== 'read') this.watch.begin();
  }

  private received(frames: readonly ServerFrame[]): void {
    if (this.silence.isUnanswered) {
      this.silence.heard();
      this.watch.answered();
    } else this.silence.heard();
    this.isReceiving = true;
    try {
      for (const frame of frames) this.receive(frame);
    } finally {
      this.isReceiving = false;
      const changed = [...this.changed];
      this.changed.clear();
      for (const room of changed) room.listeners.tell();
    }
  }

  private receive(frame: ServerFrame): void {
    if (frame.type === 'ack') this.outbox.acknowledge(frame);
    else if (frame.type === 'joined') this.joins.joined(frame);
    else if (frame.type === 'left') this.joins.left(frame);
    else if (frame.type !== 'error') {
      // Also of a type that only newer servers know.
      if ('room' in frame) this.rooms.get(frame.room)?.receive(frame);
      return;
    } else if (frame.client_id === undefined) this.joins.refuse(frame);
    else this.outbox.refuse(frame.client_id, frame);
    this.watch.answered();
  }

  private tell(room: ChatRoom): void {
    if (this.isReceiving) this.changed.add(room);
    else room.listeners.tell();
  }
}

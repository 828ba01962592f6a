import type { ChatMessage, ClientFrame } from '../../src/web/chat/frames.ts';
import { ALICE, BOB } from './chat-client.ts';
import type { FakeWebSocket } from './fake-web-socket.ts';

interface FakeRoom {
  readonly id: string;
  rev: number;
  readonly messages: ChatMessage[];
  readonly byClientId: Map<string, ChatMessage>;
}

/** What is under way over one connection. */
interface Line {
  readonly socket: FakeWebSocket;
  readonly up: ClientFrame[];
  readonly down: object[];
  readonly follows: Set<string>;
}

/** Messages that are told to who comes back; fewer than the real one tells, so that there are gaps. */
const MOST_MISSED = 4;

const PAGE = 3;

/** A server of the chat in few lines, over a network that delivers when it is told to, and loses what is under way when it breaks. */
export class FakeChatServer {
  readonly rooms: ReadonlyMap<string, FakeRoom>;
  line: Line | undefined;
  private readonly loads: (() => void)[] = [];

  constructor(ids: readonly string[]) {
    this.rooms = new Map(
      ids.map(id => [id, { id, rev: 0, messages: [], byClientId: new Map<string, ChatMessage>() }]),
    );
  }

  room(id: string): FakeRoom {
    const room = this.rooms.get(id);
    if (!room) throw new Error(`There is no room ${id}.`);
    return room;
  }

  /** Whether something is under way. */
  get isBusy(): boolean {
    return [this.line?.up, this.line?.down, this.loads].some(waiting => (waiting?.length ?? 0) > 0);
  }

  accept(socket: FakeWebSocket): void {
    const line: Line = { socket, up: [], down: [], follows: new Set() };
    this.line = line;
    socket.hear = frame => line.up.push(frame);
    line.down.push({ type: 'welcome', user_id: ALICE.id, heartbeat_ms: 10_000, max_frame_bytes: 1 });
  }

  /** The connection breaks. */
  cut(code: number): void {
    const { line } = this;
    this.line = undefined;
    line?.socket.end(code);
  }

  /** One frame of the client's arrives. */
  hearOne(): boolean {
    const frame = this.line?.up.shift();
    if (frame) this.handle(frame);
    return frame !== undefined;
  }

  /** So many frames arrive at the client, as one if they are several. */
  tellSome(amount: number): boolean {
    const [first, ...others] = this.line?.down.splice(0, amount) ?? [];
    if (!first) return false;
    const isWelcome = 'type' in first && first.type === 'welcome';
    if (isWelcome) this.line?.down.unshift(...others);
    const frame = others.length === 0 || isWelcome ? first : { type: 'batch', frames: [first, ...others] };
    this.line?.socket.tell(frame);
    return true;
  }

  say(roomId: string, text: string, author = BOB): ChatMessage {
    const room = this.room(roomId);
    const seq = room.messages.length + 1;
    room.rev += 1;
    const id = `${roomId} ${seq}`;
    const message = { id, room: roomId, seq, rev: room.rev, author, text, sent_at: 'now' };
    room.messages.push(message);
    this.publish(roomId, { type: 'message', ...message });
    return message;
  }

  change(roomId: string, index: number, text: string): void {
    const room = this.room(roomId);
    const present = room.messages[index % room.messages.length];
    if (!present) return;
    room.rev += 1;
    const message = { ...present, rev: room.rev, text, ...(text === '' && { deleted: true }) };
    room.messages[present.seq - 1] = message;
    this.publish(roomId, { type: text === '' ? 'deleted' : 'edited', ...message });
  }

  /** A page as it is now, which comes when `answerLoads` is called. */
  loadBefore(roomId: string, before: number): Promise<readonly ChatMessage[]> {
    const page = this.room(roomId)
      .messages.filter(({ seq }) => seq < before)
      .slice(-PAGE);
    return new Promise(resolve => this.loads.push(() => resolve(page)));
  }

  answerLoads(): boolean {
    const loads = this.loads.splice(0);
    for (const load of loads) load();
    return loads.length > 0;
  }

  private publish(roomId: string, frame: object): void {
    if (this.line?.follows.has(roomId)) this.line.down.push(frame);
  }

  private handle(frame: ClientFrame): void {
    if (frame.type === 'leave') {
      this.line?.follows.delete(frame.room);
      this.line?.down.push({ type: 'left', room: frame.room });
      return;
    }
    const room = this.room(frame.room);
    if (frame.type === 'join') this.join(room, frame);
    else if (frame.type === 'send') {
      const { client_id, text } = frame;
      const message = room.byClientId.get(client_id) ?? this.say(frame.room, text, ALICE);
      room.byClientId.set(client_id, message);
      const { id, seq, sent_at } = message;
      this.line?.down.push({ type: 'ack', client_id, id, seq, sent_at });
    }
  }

  private join(
    { id: roomId, rev: now, messages }: FakeRoom,
    { after, rev = 0, history = 0 }: Extract<ClientFrame, { type: 'join' }>,
  ): void {
    const wanted = after === undefined ? messages.slice(messages.length - history) : messages.slice(after);
    const told = after === undefined ? wanted : wanted.slice(-MOST_MISSED);
    const changed = after === undefined ? [] : messages.slice(0, after).filter(each => each.rev > rev);
    const toldChanges = changed.slice(-MOST_MISSED);
    this.line?.follows.add(roomId);
    this.line?.down.push({
      type: 'joined',
      room: roomId,
      seq: messages.length,
      rev: now,
      members: [],
      messages: told,
      changes: toldChanges,
      gap: told.length < wanted.length || toldChanges.length < changed.length,
    });
  }
}

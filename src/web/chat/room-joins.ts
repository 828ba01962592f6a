import { ChatError, isPassing } from './chat-error.ts';
import type { ChatRoom } from './chat-room.ts';
import type { ClientFrame, FrameOf } from './frames.ts';
import { backOff } from './pauses.ts';
import type { Timers } from './surroundings.ts';

export interface RoomJoinsParts {
  readonly timers: Timers;
  readonly random: () => number;
  /** Those that are wanted. */
  readonly rooms: ReadonlyMap<string, ChatRoom>;
  readonly post: (frame: ClientFrame) => void;
}

/** Where a room is over this connection. */
interface Place {
  state: 'joining' | 'joined' | 'leaving';
  readonly room: ChatRoom;
}

/** Joins that may be unanswered. */
const MOST_AT_ONCE = 20;

/**
 * Has the server's rooms be those that are wanted. Of one room one thing is asked at a time, so that what comes is always known to be
 * of the present join.
 *
 * An error frame does not say which join it answers. So where as many errors came as joins are unanswered, each of these is asked once
 * more, alone; only an error that comes then is believed.
 */
export class RoomJoins {
  private readonly parts: RoomJoinsParts;
  private readonly places = new Map<string, Place>();
  /** To be asked once more, alone. */
  private readonly doubted = new Set<ChatRoom>();
  private alone: ChatRoom | undefined;
  private errors: FrameOf<'error'>[] = [];
  /** Rooms that the server cannot open just now, and how often it was asked. */
  private readonly refused = new WeakMap<ChatRoom, number>();
  private readonly pauses = new Map<ChatRoom, unknown>();
  private isConnected = false;

  constructor(parts: RoomJoinsParts) {
    this.parts = parts;
  }

  /** Whether an answer is to come. */
  get isAwaiting(): boolean {
    return [...this.places.values()].some(({ state }) => state !== 'joined');
  }

  connected(): void {
    this.isConnected = true;
    this.joinSome();
  }

  disconnected(): void {
    this.isConnected = false;
    this.places.clear();
    this.doubted.clear();
    this.alone = undefined;
    this.errors = [];
    for (const room of [...this.pauses.keys()]) this.unpause(room);
  }

  /** What is wanted has changed. */
  look(roomId: string): void {
    const place = this.places.get(roomId);
    if (place?.state === 'joined' && this.parts.rooms.get(roomId) !== place.room) {
      place.state = 'leaving';
      this.parts.post({ type: 'leave', room: roomId });
    }
    this.joinSome();
  }

  /** Joins a room again that is joined, to be told what is missing. */
  again(room: ChatRoom): void {
    const place = this.places.get(room.id);
    if (place?.state === 'joined' && place.room === room) this.join(room);
  }

  joined(frame: FrameOf<'joined'>): void {
    const { room: roomId } = frame;
    const place = this.places.get(roomId);
    if (place?.state === 'leaving') return;
    const wanted = this.parts.rooms.get(roomId);
    const room = place?.room ?? wanted;
    if (!room) {
      this.parts.post({ type: 'leave', room: roomId });
      return;
    }
    this.places.set(roomId, { state: 'joined', room });
    this.doubted.delete(room);
    this.refused.delete(room);
    if (room === wanted) room.receive(frame);
    else this.look(roomId);
    this.settle();
  }

  left({ room: roomId, reason }: FrameOf<'left'>): void {
    const place = this.places.get(roomId);
    if (!place) return;
    // Where somebody leaves and is taken out at once, both are told.
    if (place.state === 'leaving' ? reason !== undefined : reason === undefined) return;
    this.places.delete(roomId);
    if (reason !== undefined)
      place.room.end(new ChatError('client.left', `You follow the room no longer: ${reason}.`));
    this.settle();
  }

  /** An error that is not a message's. */
  refuse(error: FrameOf<'error'>): void {
    this.errors.push(error);
    this.settle();
  }

  private joinSome(): void {
    if (!this.isConnected) return;
    let joining = [...this.places.values()].filter(({ state }) => state === 'joining').length;
    if (this.doubted.size > 0) {
      const [room] = this.doubted;
      if (joining > 0 || !room) return;
      this.doubted.delete(room);
      this.alone = room;
      this.join(room);
      return;
    }
    if (this.alone) return;
    for (const room of this.parts.rooms.values()) {
      if (joining >= MOST_AT_ONCE) return;
      if (this.places.has(room.id) || this.pauses.has(room)) continue;
      this.join(room);
      joining += 1;
    }
  }

  private join(room: ChatRoom): void {
    this.places.set(room.id, { state: 'joining', room });
    this.parts.post(room.joinFrame());
  }

  private settle(): void {
    const joining = [...this.places.values()].filter(({ state }) => state === 'joining');
    if (joining.length === 0) this.errors = [];
    if (joining.every(({ room }) => room !== this.alone)) this.alone = undefined;
    const [error] = this.errors;
    if (error && this.errors.length >= joining.length) {
      const { alone } = this;
      this.errors = [];
      this.alone = undefined;
      for (const { room } of joining) {
        this.places.delete(room.id);
        if (room === alone && joining.length === 1) this.judge(room, error);
        else if (this.parts.rooms.get(room.id) === room) this.doubted.add(room);
      }
    }
    this.joinSome();
  }

  private judge(room: ChatRoom, { code, detail }: FrameOf<'error'>): void {
    if (!isPassing(code)) {
      room.end(new ChatError(code, detail));
      return;
    }
    const { timers, random } = this.parts;
    const times = this.refused.get(room) ?? 0;
    this.refused.set(room, times + 1);
    const retry = () => {
      this.unpause(room);
      this.joinSome();
    };
    this.pauses.set(room, timers.setTimeout(retry, backOff(times, random)));
  }

  private unpause(room: ChatRoom): void {
    this.parts.timers.clearTimeout(this.pauses.get(room));
    this.pauses.delete(room);
  }
}

import type { Log } from '../../../../platform/logging/log.ts';
import type { ChangedMessage } from '../../application/events.ts';
import type { MessageReader, RoomPosition, RoomView } from '../../application/ports.ts';
import type { ShownMessage } from '../http/message-representation.ts';
import { Delivery, type LiveItem, liveItem } from './delivery.ts';
import { type Missed, MissedMessages, type Resume } from './missed-messages.ts';

/** Who follows a room in this process: a socket, a stream of events or a poll. */
export interface Follower {
  readonly userId: string;
  readonly sessionId: string;
  deliver(delivery: Delivery): void;
  /** It follows no more, though it did not say so. */
  end(reason: string): void;
}

export interface Followed {
  readonly missed: Missed;
  /** To be called when what was missed has been told: from here on everything is delivered, in order. */
  begin(): void;
  end(): void;
}

/**
 * Refuses who may not follow the room. It is asked when they do already: who is taken out of the room later is then found
 * among its followers, and who was before is refused.
 */
export type Permit = (room: RoomView) => Promise<void>;

/** What the rooms of a process share. */
export interface LiveRoomParts {
  readonly messages: MessageReader;
  readonly log: Log;
  /** Has `flush` called soon: at once where the room was quiet. */
  readonly schedule: (room: LiveRoom) => void;
  /** Called when nobody follows the room any more. */
  readonly abandon: (room: LiveRoom) => void;
}

/** Messages that are read at once to catch up. */
const PAGE = 500;

/** Milliseconds for which a change may be late: changes of two processes can come in the wrong order. */
const PATIENCE = 100;

/**
 * A room as this process delivers it. Changes come as events, in the order of `rev` and each once; where one is missing it is
 * read from storage. What has been delivered is `seq` and `rev`; who follows gets everything after it.
 */
export class LiveRoom {
  readonly view: RoomView;
  lastFlush = Number.NEGATIVE_INFINITY;
  private readonly parts: LiveRoomParts;
  private readonly followers = new Map<Follower, (delivery: Delivery) => void>();
  private readonly missed: MissedMessages;
  /** What has been heard of without a gap, be it delivered or not. */
  private heard: { seq: number; rev: number };
  private delivered: { readonly seq: number; readonly rev: number };
  private pending: LiveItem[] = [];
  /** Changes that came before their turn, by `rev`. */
  private readonly early = new Map<number, ChangedMessage>();
  private patience: NodeJS.Timeout | undefined;
  private catchingUp: Promise<void> | undefined;

  constructor(view: RoomView, { seq, rev }: Omit<RoomPosition, 'id'>, parts: LiveRoomParts) {
    this.view = view;
    this.parts = parts;
    this.heard = { seq, rev };
    this.delivered = { seq, rev };
    this.missed = new MissedMessages(view.id, parts.messages);
  }

  get rev(): number {
    return this.heard.rev;
  }

  /**
   * Follows from where the client was. What is delivered meanwhile is held back until `begin`.
   * @throws what `permit` throws
   */
  async follow(follower: Follower, resume: Resume, permit: Permit): Promise<Followed> {
    const held: Delivery[] = [];
    const deliver = (delivery: Delivery) => follower.deliver(delivery);
    this.followers.set(follower, delivery => held.push(delivery));
    const end = () => this.leave(follower);
    try {
      const [missed] = await Promise.all([this.missed.since(resume, this.delivered), permit(this.view)]);
      const begin = () => {
        if (!this.followers.has(follower)) return;
        this.followers.set(follower, deliver);
        held.forEach(deliver);
      };
      return { missed, begin, end };
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Those who follow, for who wants to end some of them. */
  *following(): Iterable<Follower> {
    yield* this.followers.keys();
  }

  hear(message: ChangedMessage): void {
    if (message.rev <= this.heard.rev) return;
    if (this.catchingUp || message.rev > this.heard.rev + 1) {
      this.early.set(message.rev, message);
      this.patience ??= setTimeout(() => void this.catchUp(), PATIENCE);
      return;
    }
    this.take(message);
    this.takeEarly();
    this.parts.schedule(this);
  }

  /** Reads what was not heard of. */
  catchUp(): Promise<void> {
    clearTimeout(this.patience);
    this.patience = undefined;
    this.catchingUp ??= this.readMissed().finally(() => {
      this.catchingUp = undefined;
      this.takeEarly();
      if (this.early.size > 0) this.patience ??= setTimeout(() => void this.catchUp(), PATIENCE);
      if (this.pending.length > 0) this.parts.schedule(this);
    });
    return this.catchingUp;
  }

  /** Delivers what has come, as one frame. */
  flush(now: number): void {
    this.lastFlush = now;
    this.delivered = { ...this.heard };
    if (this.pending.length === 0) return;
    this.missed.forget();
    const delivery = new Delivery(this.pending);
    this.pending = [];
    for (const deliver of this.followers.values()) deliver(delivery);
  }

  /** What many were told at once is not kept for longer, though the room stays as it is. */
  forgetMissed(): void {
    this.missed.forget();
  }

  close(): void {
    clearTimeout(this.patience);
  }

  private leave(follower: Follower): void {
    if (this.followers.delete(follower) && this.followers.size === 0) this.parts.abandon(this);
  }

  private take(message: ShownMessage): void {
    const isNew = message.seq > this.heard.seq;
    this.pending.push(liveItem(message, isNew));
    this.heard = { seq: Math.max(this.heard.seq, message.seq), rev: Math.max(this.heard.rev, message.rev) };
  }

  private takeEarly(): void {
    for (;;) {
      const next = this.early.get(this.heard.rev + 1);
      if (!next) break;
      this.early.delete(next.rev);
      this.take(next);
    }
    for (const rev of this.early.keys()) if (rev <= this.heard.rev) this.early.delete(rev);
  }

  private async readMissed(): Promise<void> {
    const { messages, log } = this.parts;
    const { id } = this.view;
    try {
      const [position] = await messages.positions([id]);
      if (!position || position.rev <= this.heard.rev) return;
      const from = this.heard;
      for (let { seq } = from; seq < position.seq; ) {
        const page = await messages.after(id, seq, Math.min(PAGE, position.seq - seq));
        if (page.length === 0) break;
        for (const message of page) this.take(message);
        seq = page.at(-1)?.seq ?? position.seq;
      }
      for (let { rev } = from; ; ) {
        const page = await messages.changed(id, from.seq, rev, PAGE);
        for (const message of page) this.take(message);
        if (page.length < PAGE) break;
        rev = page.at(-1)?.rev ?? rev;
      }
      this.heard = { seq: position.seq, rev: Math.max(position.rev, from.rev) };
    } catch (error) {
      log.warn({ err: error, room: id }, 'What a room missed cannot be read; it is tried again');
    }
  }
}

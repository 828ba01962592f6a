import type { Log } from '../../../../platform/logging/log.ts';
import type { ChangedMessage } from '../../application/events.ts';
import type { MessageReader, MessageView, RoomPosition, RoomView } from '../../application/ports.ts';
import type { ShownMessage } from '../http/message-representation.ts';
import { Delivery, type LiveItem, liveItem } from './delivery.ts';
import { type Missed, MissedMessages, notAfter, type Resume } from './missed-messages.ts';

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

/** Messages, and changes to earlier ones, that are read at once to catch up. Where there are more, others come between. */
const PAGE = 500;

/** Milliseconds for which a change may be late: changes of two processes can come in the wrong order. */
const PATIENCE = 100;

/** Milliseconds after which storage that failed is asked again. */
const RETRY = 1000;

/** Changes that are kept until their turn. What is more is read from storage, where it is too. */
const MOST_EARLY = 1000;

interface Place {
  readonly seq: number;
  readonly rev: number;
}

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
  private heard: Place;
  private delivered: Place;
  private pending: LiveItem[] = [];
  /** Changes that came before their turn, by `rev`. */
  private readonly early = new Map<number, ChangedMessage>();
  private patience: NodeJS.Timeout | undefined;
  private catchingUp: Promise<void> | undefined;
  private isClosed = false;

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

  get isFollowed(): boolean {
    return this.followers.size > 0;
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
      if (this.isBehind(resume)) {
        await this.catchUp();
        this.flush(performance.now());
        held.length = 0;
      }
      const [missed] = await Promise.all([this.missed.since(resume, this.delivered), permit(this.view)]);
      const begin = () => {
        if (!this.followers.has(follower)) return;
        this.followers.set(follower, deliver);
        for (const delivery of held) deliver(delivery);
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
      if (this.early.size < MOST_EARLY) this.early.set(message.rev, message);
      this.catchUpIn(PATIENCE);
      return;
    }
    this.take(message, message.seq > this.heard.seq);
    this.heard = { seq: Math.max(this.heard.seq, message.seq), rev: message.rev };
    this.takeEarly();
    this.parts.schedule(this);
  }

  /** Reads what was not heard of. */
  catchUp(): Promise<void> {
    this.lateNoMore();
    this.catchingUp ??= this.readMissed().then(isRead => {
      this.catchingUp = undefined;
      this.takeEarly();
      if (!isRead) this.catchUpIn(RETRY);
      else if (this.early.size > 0) this.catchUpIn(PATIENCE);
      if (this.pending.length > 0) this.parts.schedule(this);
    });
    return this.catchingUp;
  }

  /** Delivers what has come, as one frame. */
  flush(now: number): void {
    this.lastFlush = now;
    this.delivered = this.heard;
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
    this.isClosed = true;
    this.lateNoMore();
    this.missed.forget();
  }

  /** Whether the client has seen more, from a process that heard of it sooner. */
  private isBehind({ after = 0, rev = 0 }: Resume): boolean {
    return after > this.delivered.seq || rev > this.delivered.rev;
  }

  private leave(follower: Follower): void {
    if (this.followers.delete(follower) && this.followers.size === 0) this.parts.abandon(this);
  }

  private catchUpIn(milliseconds: number): void {
    if (!this.isClosed) this.patience ??= setTimeout(() => void this.catchUp(), milliseconds);
  }

  private lateNoMore(): void {
    clearTimeout(this.patience);
    this.patience = undefined;
  }

  private take(message: ShownMessage, isNew: boolean): void {
    this.pending.push(liveItem(message, isNew));
  }

  private takeEarly(): void {
    for (;;) {
      const next = this.early.get(this.heard.rev + 1);
      if (!next) break;
      this.early.delete(next.rev);
      this.take(next, next.seq > this.heard.seq);
      this.heard = { seq: Math.max(this.heard.seq, next.seq), rev: next.rev };
    }
    for (const rev of this.early.keys()) if (rev <= this.heard.rev) this.early.delete(rev);
    if (this.early.size === 0 && !this.catchingUp) this.lateNoMore();
  }

  /** Whether it could be read. */
  private async readMissed(): Promise<boolean> {
    const { messages, log } = this.parts;
    const { id } = this.view;
    try {
      const [to] = await messages.positions([id]);
      if (!to || to.rev <= this.heard.rev) return true;
      await this.deliverMostSent(to);
      const changed = await this.deliverMostChanged(to);
      const { seq } = this.heard;
      const sent = await messages.after(id, seq, to.seq - seq);
      this.takeRead(changed, sent, to);
      return true;
    } catch (error) {
      log.warn({ err: error, room: id }, 'What a room missed cannot be read; it is tried again');
      return false;
    }
  }

  /** Where very much was sent, it is delivered page by page, until no more than one is left. */
  private async deliverMostSent(to: Place): Promise<void> {
    while (to.seq - this.heard.seq > PAGE) {
      const sent = await this.parts.messages.after(this.view.id, this.heard.seq, PAGE);
      const last = sent.at(-1);
      if (!last) return;
      // Which changes came before these has not been read yet.
      this.takeRead([], sent, { seq: last.seq, rev: this.heard.rev });
      this.flush(performance.now());
    }
  }

  /** The same for changes; the last ones are returned. */
  private async deliverMostChanged(to: Place): Promise<readonly MessageView[]> {
    for (;;) {
      const { seq, rev } = this.heard;
      const changed = await this.parts.messages.changed(this.view.id, seq, rev, PAGE);
      const last = changed.at(-1);
      if (!last || changed.length < PAGE || rev >= to.rev) return changed;
      this.takeRead(changed, [], { seq, rev: Math.min(last.rev, to.rev) });
      this.flush(performance.now());
    }
  }

  /**
   * All at once, or who fails or flushes in between would pass some for the whole. The changes first: whoever is cut off in the
   * middle misses none of them then, and what is new to them they get by its number.
   */
  private takeRead(changed: readonly MessageView[], sent: readonly MessageView[], to: Place): void {
    for (const message of changed) this.take(notAfter(to.rev, message), false);
    for (const message of sent) this.take(notAfter(to.rev, message), true);
    this.heard = { seq: to.seq, rev: to.rev };
  }
}

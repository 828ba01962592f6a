import type { EventBus } from '../../../../kernel/events.ts';
import type { UserId } from '../../../../kernel/principal.ts';
import type { BackgroundService } from '../../../../platform/background-service.ts';
import { EVERYTHING, type RowsChanged } from '../../../../platform/cache/tags.ts';
import type { Log } from '../../../../platform/logging/log.ts';
import type { MemberRemoved, MessagesChanged } from '../../application/events.ts';
import type { ChatStorage } from '../../application/ports.ts';
import { isVisible } from '../../application/visible-room.ts';
import { RoomNotFound } from '../../domain/errors.ts';
import { roomMemberId } from '../../domain/room-member.ts';
import { type Followed, type Follower, LiveRoom } from './live-room.ts';
import type { Resume } from './missed-messages.ts';

export interface LiveRoomsOptions {
  /** Whether what other processes store is heard of at once. */
  readonly hearsOthers: () => boolean;
  /** Tables that say who is in which team. */
  readonly teamTables: readonly string[];
}

/** Milliseconds between two deliveries to one room while it is busy: each is one write a socket, which is dear. */
const PACE = 25;
const SLOWEST_PACE = 200;

/** Milliseconds between two looks at how far rooms have come, for what was never heard of. */
const LOOK_OFTEN = 1000;
const LOOK_SELDOM = 2000;

/** Looks between two at who may still follow, where that is not heard of. */
const LOOKS_AT_PEOPLE = 10;

/** Milliseconds for which it is remembered who was removed from which room: no joining takes so long. */
const REMEMBERED = 60_000;

/** Rooms that are looked at by one query. */
const ROOMS_AT_ONCE = 500;

/** Milliseconds for which changes of who is in which room are gathered. */
const MEMBERS_SETTLE = 200;

/** The rooms that somebody follows in this process. */
export class LiveRooms implements BackgroundService {
  private readonly storage: ChatStorage;
  private readonly events: EventBus;
  private readonly log: Log;
  private readonly options: LiveRoomsOptions;
  private readonly rooms = new Map<string, LiveRoom>();
  private readonly opening = new Map<string, Promise<LiveRoom>>();
  private readonly busy = new Set<LiveRoom>();
  private pace = PACE;
  private tick: NodeJS.Timeout | undefined;
  private look: NodeJS.Timeout | undefined;
  private recheck: NodeJS.Timeout | undefined;
  private unsubscribe: (() => void)[] = [];
  private looks = 0;
  /** Room and person → when that was heard. */
  private readonly removed = new Map<string, number>();
  private stopped = false;

  constructor(storage: ChatStorage, events: EventBus, log: Log, options: LiveRoomsOptions) {
    this.storage = storage;
    this.events = events;
    this.log = log;
    this.options = options;
  }

  async start(): Promise<void> {
    this.unsubscribe = [
      this.events.subscribe<MessagesChanged>('chat.messages_changed', ({ messages }) => {
        for (const message of messages) this.rooms.get(message.roomId)?.hear(message);
      }),
      this.events.subscribe<MemberRemoved>('chat.member_removed', ({ roomId, userId }) => {
        this.removed.set(roomMemberId(roomId, userId), performance.now());
        this.endIn(this.rooms.get(roomId), follower => follower.userId === userId, 'removed');
      }),
      this.events.subscribe<RowsChanged>('platform.rows_changed', ({ tags }) => this.hearOfRows(tags)),
    ];
    this.lookLater();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const unsubscribe of this.unsubscribe) unsubscribe();
    for (const timer of [this.tick, this.look, this.recheck]) clearTimeout(timer);
    this.drain();
  }

  /** Ends all who follow, who come back elsewhere or later. */
  drain(): void {
    for (const room of this.rooms.values()) this.endIn(room, () => true, 'restart');
  }

  /**
   * The room, as this process delivers it.
   * @throws RoomNotFound
   */
  async open(id: string): Promise<LiveRoom> {
    const known = this.rooms.get(id);
    if (known) return known;
    const opening = this.opening.get(id);
    if (opening) return opening;
    const opened = this.opened(id).finally(() => this.opening.delete(id));
    this.opening.set(id, opened);
    return opened;
  }

  /**
   * Follows a room that was opened, though everybody may have left it since.
   * @throws RoomNotFound where whoever follows was taken out of it meanwhile
   */
  async follow(opened: LiveRoom, follower: Follower, resume: Resume): Promise<Followed> {
    const { id } = opened.view;
    let room = this.rooms.get(id);
    // Whoever opened it with others may find that they have left it already, and nobody tells it anything.
    while (!room) {
      const again = await this.open(id);
      room = this.stopped ? again : this.rooms.get(id);
    }
    const followed = await room.follow(follower, resume);
    if (!(await this.mayStay(room, follower))) {
      followed.end();
      throw new RoomNotFound();
    }
    return followed;
  }

  /** Whether somebody follows a room in this process. */
  isFollowed(roomId: string): boolean {
    return this.rooms.get(roomId)?.isFollowed ?? false;
  }

  /** Ends what somebody follows by a session, or by any. */
  endOf(userId: UserId | null, sessionId: string | null): void {
    const isMeant = (follower: Follower) =>
      (userId === null || follower.userId === userId) &&
      (sessionId === null || follower.sessionId === sessionId);
    for (const room of this.rooms.values()) this.endIn(room, isMeant, 'session_ended');
  }

  private async opened(id: string): Promise<LiveRoom> {
    const view = await this.storage.rooms.find(id);
    if (!view) throw new RoomNotFound();
    const room = new LiveRoom(view, view, {
      messages: this.storage.messages,
      log: this.log,
      schedule: ready => this.schedule(ready),
      abandon: left => this.close(left),
    });
    if (this.stopped) return room;
    this.rooms.set(id, room);
    // What was stored since it was read has not been heard.
    await room.catchUp();
    return room;
  }

  /** Who was removed after it was asked whether they may, and before they were among the followers, was not found among them. */
  private async mayStay({ view }: LiveRoom, { userId }: Follower): Promise<boolean> {
    if (!this.removed.has(roomMemberId(view.id, userId))) return true;
    return isVisible(view, userId, this.storage.rooms, this.storage.directory);
  }

  private close(room: LiveRoom): void {
    room.close();
    this.busy.delete(room);
    if (this.rooms.get(room.view.id) === room) this.rooms.delete(room.view.id);
  }

  /** A quiet room delivers at once. A busy one does so together with all others that are, now and then. */
  private schedule(room: LiveRoom): void {
    const now = performance.now();
    if (now - room.lastFlush >= this.pace && !this.busy.has(room)) room.flush(now);
    else {
      this.busy.add(room);
      this.tick ??= setTimeout(() => this.flushBusy(), this.pace);
    }
  }

  /** Where it takes long, it is done less often, so that other work is done too. */
  private flushBusy(): void {
    this.tick = undefined;
    const began = performance.now();
    const rooms = [...this.busy];
    this.busy.clear();
    for (const room of rooms) room.flush(began);
    this.pace = Math.min(SLOWEST_PACE, Math.max(PACE, 2 * (performance.now() - began)));
  }

  private endIn(room: LiveRoom | undefined, isMeant: (follower: Follower) => boolean, reason: string): void {
    for (const follower of [...(room?.following() ?? [])]) if (isMeant(follower)) follower.end(reason);
  }

  private hearOfRows(tags: readonly string[]): void {
    const isAnything = tags.includes(EVERYTHING);
    if (isAnything) void this.lookNow();
    if (isAnything || this.options.teamTables.some(table => tags.includes(table)))
      this.recheck ??= setTimeout(() => void this.recheckFollowers(), MEMBERS_SETTLE);
  }

  private lookLater(): void {
    const pause = this.options.hearsOthers() ? LOOK_SELDOM : LOOK_OFTEN;
    this.look = setTimeout(() => void this.lookNow().finally(() => this.stopped || this.lookLater()), pause);
    this.look.unref();
    this.looks += 1;
    // Others, who are not heard, may have taken somebody out of a room.
    if (!this.options.hearsOthers() && this.looks % LOOKS_AT_PEOPLE === 0)
      this.recheck ??= setTimeout(() => void this.recheckFollowers(), MEMBERS_SETTLE);
  }

  /** Whoever opens a room may not follow it after all. */
  private tidy(): void {
    for (const room of [...this.rooms.values()]) if (!room.isFollowed) this.close(room);
    const before = performance.now() - REMEMBERED;
    for (const [membership, at] of this.removed) if (at < before) this.removed.delete(membership);
  }

  /** How far all rooms have come, and what of that was not heard of. */
  private async lookNow(): Promise<void> {
    this.tidy();
    const ids = [...this.rooms.keys()];
    try {
      for (let index = 0; index < ids.length; index += ROOMS_AT_ONCE) {
        const found = await this.storage.messages.positions(ids.slice(index, index + ROOMS_AT_ONCE));
        for (const { id, rev } of found) {
          const room = this.rooms.get(id);
          if (room && rev > room.rev) await room.catchUp();
        }
      }
    } catch (error) {
      this.log.warn({ err: error }, 'How far rooms have come cannot be read; it is tried again');
    }
  }

  /** Who may not see a room any more is told so. */
  private async recheckFollowers(): Promise<void> {
    this.recheck = undefined;
    const { rooms, directory } = this.storage;
    try {
      for (const room of [...this.rooms.values()]) {
        if (room.view.kind === 'public') continue;
        const people = new Set([...room.following()].map(({ userId }) => userId));
        for (const userId of people)
          if (!(await isVisible(room.view, userId, rooms, directory)))
            this.endIn(room, follower => follower.userId === userId, 'removed');
      }
    } catch (error) {
      this.log.warn({ err: error }, 'Who is in which room cannot be read; it is tried again');
      if (!this.stopped) this.recheck ??= setTimeout(() => void this.recheckFollowers(), LOOK_OFTEN);
    }
  }
}

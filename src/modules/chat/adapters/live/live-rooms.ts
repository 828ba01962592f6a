import type { EventBus } from '../../../../kernel/events.ts';
import type { UserId } from '../../../../kernel/principal.ts';
import type { BackgroundService } from '../../../../platform/background-service.ts';
import { EVERYTHING, type RowsChanged } from '../../../../platform/cache/tags.ts';
import type { Log } from '../../../../platform/logging/log.ts';
import type { MemberRemoved, MessagesChanged } from '../../application/events.ts';
import type { ChatStorage } from '../../application/ports.ts';
import { whoMaySee } from '../../application/who-may-see.ts';
import { RoomNotFound } from '../../domain/errors.ts';
import { roomMemberId } from '../../domain/room-member.ts';
import { Deliveries } from './deliveries.ts';
import { type Followed, type Follower, LiveRoom, type Permit } from './live-room.ts';
import type { Resume } from './missed-messages.ts';

export interface LiveRoomsOptions {
  /** Whether what other processes store is heard of at once. */
  readonly hearsOthers: () => boolean;
  /** Tables that say who is in which team. */
  readonly teamTables: readonly string[];
}

/** Milliseconds between two looks at how far rooms have come, for what was never heard of. */
const LOOK_OFTEN = 1000;
const LOOK_SELDOM = 2000;

/** Rooms that are looked at by one query. */
const ROOMS_AT_ONCE = 500;

/** Milliseconds after which it is asked again who may see the rooms that they follow, where what other processes do is not heard of. */
const RECHECK = 3000;

const FOLLOWERS_AT_ONCE = 500;

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
  private readonly deliveries = new Deliveries();
  private look: NodeJS.Timeout | undefined;
  private recheck: NodeJS.Timeout | undefined;
  private recheckedAt = Number.NEGATIVE_INFINITY;
  private mayHaveMissed = false;
  private unsubscribe: (() => void)[] = [];
  /** Whoever comes now is sent away, too. */
  private draining = false;
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
      this.events.subscribe<MemberRemoved>('chat.member_removed', ({ roomId, userId }) =>
        this.endIn(this.rooms.get(roomId), follower => follower.userId === userId, 'removed'),
      ),
      this.events.subscribe<RowsChanged>('platform.rows_changed', ({ tags }) => this.hearOfRows(tags)),
    ];
    this.lookLater();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const unsubscribe of this.unsubscribe) unsubscribe();
    for (const timer of [this.look, this.recheck]) clearTimeout(timer);
    this.deliveries.stop();
    this.drain();
  }

  /** Ends all who follow, who come back elsewhere or later. */
  drain(): void {
    this.draining = true;
    for (const room of this.rooms.values()) this.endIn(room, () => true, 'restart');
  }

  /** The room, as this process delivers it. @throws RoomNotFound */
  private async open(id: string): Promise<LiveRoom> {
    const known = this.rooms.get(id);
    if (known) return known;
    const opening = this.opening.get(id);
    if (opening) return opening;
    const opened = this.opened(id).finally(() => this.opening.delete(id));
    this.opening.set(id, opened);
    return opened;
  }

  /** @throws RoomNotFound, and what `permit` throws */
  async follow(id: string, follower: Follower, resume: Resume, permit: Permit): Promise<Followed> {
    let room = await this.open(id);
    // All who followed it may have left since.
    while (this.rooms.get(id) !== room && !this.stopped) room = await this.open(id);
    const followed = await room.follow(follower, resume, permit);
    if (this.draining) follower.end('restart');
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
      schedule: ready => this.deliveries.schedule(ready),
      abandon: left => this.close(left),
    });
    if (this.stopped) return room;
    this.rooms.set(id, room);
    // What was stored since it was read has not been heard.
    await room.catchUp();
    return room;
  }

  private close(room: LiveRoom): void {
    room.close();
    this.deliveries.forget(room);
    if (this.rooms.get(room.view.id) === room) this.rooms.delete(room.view.id);
  }

  private endIn(room: LiveRoom | undefined, isMeant: (follower: Follower) => boolean, reason: string): void {
    for (const follower of [...(room?.following() ?? [])]) if (isMeant(follower)) follower.end(reason);
  }

  private hearOfRows(tags: readonly string[]): void {
    const isAnything = tags.includes(EVERYTHING);
    if (isAnything) void this.lookNow();
    if (isAnything || this.options.teamTables.some(table => tags.includes(table)))
      this.recheckSoon(MEMBERS_SETTLE, isAnything);
  }

  private lookLater(): void {
    const pause = this.options.hearsOthers() ? LOOK_SELDOM : LOOK_OFTEN;
    this.look = setTimeout(() => void this.lookNow().finally(() => this.stopped || this.lookLater()), pause);
    this.look.unref();
  }

  /** Whoever opens a room may not follow it after all; and all who were going to come back at once have come. */
  private tidy(): void {
    for (const room of [...this.rooms.values()]) {
      room.forgetMissed();
      if (!room.isFollowed) this.close(room);
    }
  }

  /** How far all rooms have come, and what of that was not heard of. */
  private async lookNow(): Promise<void> {
    this.tidy();
    const isDue = performance.now() - this.recheckedAt >= RECHECK;
    if (isDue && !this.options.hearsOthers()) this.recheckSoon(0, true);
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

  /** `mayHaveMissed`: that somebody was taken out of a room, which is told of where it is heard. */
  private recheckSoon(pause: number, mayHaveMissed: boolean): void {
    this.mayHaveMissed ||= mayHaveMissed;
    if (!this.stopped) this.recheck ??= setTimeout(() => void this.recheckFollowers(), pause);
  }

  /** Who may not see a room any more is told so. */
  private async recheckFollowers(): Promise<void> {
    const { mayHaveMissed } = this;
    this.recheck = undefined;
    this.mayHaveMissed = false;
    this.recheckedAt = performance.now();
    const followed = [...this.rooms.values()].filter(
      ({ view: { kind, teamId } }) => kind !== 'public' && (mayHaveMissed || teamId !== null),
    );
    const followers = followed.flatMap(room => [...room.following()].map(({ userId }) => ({ room, userId })));
    try {
      for (let index = 0; index < followers.length; index += FOLLOWERS_AT_ONCE)
        await this.endStrangers(followers.slice(index, index + FOLLOWERS_AT_ONCE));
    } catch (error) {
      this.log.warn({ err: error }, 'Who is in which room cannot be read; it is tried again');
      this.recheckSoon(LOOK_OFTEN, mayHaveMissed);
    }
  }

  private async endStrangers(
    followers: readonly { readonly room: LiveRoom; readonly userId: UserId }[],
  ): Promise<void> {
    const places = followers.map(({ room: { view }, userId }) => ({ ...view, roomId: view.id, userId }));
    const allowed = await this.storage.work.run(repositories => whoMaySee(places, repositories));
    for (const { room, userId } of followers)
      if (!allowed.has(roomMemberId(room.view.id, userId)))
        this.endIn(room, follower => follower.userId === userId, 'removed');
  }
}

import { onTestFinished } from 'vitest';
import type { EventBus } from '../../src/kernel/events.ts';
import type { Delivery } from '../../src/modules/chat/adapters/live/delivery.ts';
import type { Followed, Follower } from '../../src/modules/chat/adapters/live/live-room.ts';
import { LiveRooms } from '../../src/modules/chat/adapters/live/live-rooms.ts';
import type { Missed, Resume } from '../../src/modules/chat/adapters/live/missed-messages.ts';
import { type MemberRemoved, messagesChanged } from '../../src/modules/chat/application/events.ts';
import type {
  ChatRepositories,
  ChatStorage,
  MessageView,
  RoomView,
} from '../../src/modules/chat/application/ports.ts';
import type { RoomKind } from '../../src/modules/chat/domain/room.ts';
import { roomMemberId } from '../../src/modules/chat/domain/room-member.ts';
import { LocalEventBus } from '../../src/platform/events/local-event-bus.ts';
import { logLines } from './log-lines.ts';
import { BIRTH } from './people.ts';

export const ROOM = '01890000-0000-7000-8000-000000000001';

/** Whoever asks may. */
export const PERMITTED = async (): Promise<void> => undefined;

/** One room as a storage has it, which can fail, and be slow: each read waits for `gate`. */
export class FakeRoom {
  kind: RoomKind = 'public';
  seq = 0;
  rev = 0;
  readonly members = new Set<string>();
  readonly reads: string[] = [];
  fails = false;
  /** Awaited by each read before it looks; `name` says which one it is. */
  gate: (name: string) => Promise<void> | void = () => undefined;
  /** What happens between a read's look and its answer. */
  after: (name: string) => Promise<void> | void = () => undefined;
  private readonly messages: MessageView[] = [];

  /** Holds the reads of this name up until they are let go. */
  hold(held: string): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gate = name => (name === held ? promise : undefined);
    return () => {
      this.gate = () => undefined;
      resolve();
    };
  }

  send(text = `${this.seq + 1}`): MessageView {
    this.seq += 1;
    this.rev += 1;
    const message: MessageView = {
      id: `message ${this.seq}`,
      roomId: ROOM,
      seq: this.seq,
      rev: this.rev,
      sentRev: this.rev,
      authorId: 'ann',
      authorName: 'Ann',
      clientId: `${this.seq}`,
      text,
      sentAt: BIRTH,
      editedAt: null,
      deleted: false,
      version: 1,
    };
    this.messages.push(message);
    return message;
  }

  edit(seq: number, text: string): MessageView {
    this.rev += 1;
    const message = { ...(this.messages[seq - 1] as MessageView), text, rev: this.rev, editedAt: BIRTH };
    this.messages[seq - 1] = message;
    return message;
  }

  delete(seq: number): MessageView {
    const message = { ...this.edit(seq, ''), deleted: true };
    this.messages[seq - 1] = message;
    return message;
  }

  /** What everybody should have in the end. */
  get texts(): readonly string[] {
    return this.messages.map(({ text }) => text);
  }

  get all(): readonly MessageView[] {
    return this.messages;
  }

  get storage(): ChatStorage {
    const read = async <T>(name: string, look: () => T): Promise<T> => {
      this.reads.push(name);
      await this.gate(name);
      if (this.fails) throw new Error('The storage is away.');
      const found = look();
      await this.after(name);
      return found;
    };
    const view = (): RoomView => ({
      id: ROOM,
      name: 'Garden',
      kind: this.kind,
      teamId: null,
      directKey: null,
      archived: false,
      seq: this.seq,
      rev: this.rev,
      createdBy: 'ann',
      createdAt: BIRTH,
      updatedAt: BIRTH,
      version: 1,
    });
    const of = (found: (message: MessageView) => boolean) => this.messages.filter(found);
    const messages: Partial<ChatStorage['messages']> = {
      after: (_, seq, limit) => read('after', () => of(message => message.seq > seq).slice(0, limit)),
      before: (_, seq, limit) =>
        read('before', () => {
          const found = of(message => message.seq < seq);
          return limit === 0 ? [] : found.slice(-limit);
        }),
      changed: (_, upTo, since, limit) =>
        read('changed', () =>
          of(({ seq, rev, sentRev }) => seq <= upTo && rev > since && rev !== sentRev)
            .sort((a, b) => a.rev - b.rev)
            .slice(0, limit),
        ),
      sentRev: (_, seq) => read('sentRev', () => this.messages[seq - 1]?.sentRev),
      positions: () => read('positions', () => [{ id: ROOM, seq: this.seq, rev: this.rev }]),
    };
    const rooms: Partial<ChatStorage['rooms']> = {
      find: id => read('find', () => (id === ROOM ? view() : undefined)),
      isMember: (_, person) => read('isMember', () => this.members.has(person)),
    };
    const present = (ids: readonly string[]) =>
      new Set(ids.filter(id => [...this.members].some(person => id === roomMemberId(ROOM, person))));
    const repositories = {
      members: { present: (ids: readonly string[]) => read('present', () => present(ids)) },
      people: { areOf: async () => [] },
    } as unknown as ChatRepositories;
    const work: Pick<ChatStorage['work'], 'run'> = { run: each => each(repositories) };
    return { messages, rooms, work } as ChatStorage;
  }
}

/** The rooms of a process, on one fake room. They have started. */
export async function fakeLive({ hearsOthers = false } = {}) {
  const room = new FakeRoom();
  const { log, lines } = logLines();
  const events: EventBus = new LocalEventBus(log);
  const live = new LiveRooms(room.storage, events, log, {
    hearsOthers: () => hearsOthers,
    teamTables: [],
  });
  await live.start();
  onTestFinished(() => live.stop());
  return {
    room,
    live,
    lines,
    events,
    hear: (...messages: MessageView[]) => events.publish(messagesChanged(messages)),
    remove(userId: string) {
      room.members.delete(userId);
      const removed: MemberRemoved = { type: 'chat.member_removed', roomId: ROOM, userId };
      events.publish(removed);
    },
    async join(resume: Resume = {}, userId = 'ann'): Promise<Reader> {
      const reader = new Reader(userId);
      await reader.join(live, resume);
      return reader;
    },
  };
}

/** Who follows, and what they have of the room. */
export class Reader implements Follower {
  readonly userId: string;
  readonly sessionId = 'a session';
  readonly ended: string[] = [];
  readonly deliveries: Delivery[] = [];
  /** Numbers in the order in which new messages came. */
  readonly order: number[] = [];
  readonly texts: string[] = [];
  onDelivery: (reader: Reader) => void = () => undefined;
  seq = 0;
  rev = 0;
  missed: Missed | undefined;
  followed: Followed | undefined;

  constructor(userId = 'ann') {
    this.userId = userId;
  }

  async join(live: LiveRooms, resume: Resume): Promise<void> {
    this.followed = await live.follow(ROOM, this, resume, PERMITTED);
    const { missed } = this.followed;
    this.missed = missed;
    for (const { seq, text } of missed.messages) this.see(seq, text, true);
    for (const { seq, text } of missed.changes) this.see(seq, text, false);
    this.seq = Math.max(this.seq, missed.seq);
    this.rev = Math.max(
      this.rev,
      missed.rev,
      ...missed.messages.map(({ rev }) => rev),
      ...missed.changes.map(({ rev }) => rev),
    );
    this.followed.begin();
  }

  /** What it would join with now. */
  get resume(): Resume {
    return { after: this.seq, rev: this.rev };
  }

  deliver(delivery: Delivery): void {
    this.deliveries.push(delivery);
    for (const { type, text } of delivery.items) {
      const { seq, rev, text: said } = JSON.parse(text);
      this.see(seq, said, type === 'message');
      this.seq = Math.max(this.seq, seq);
      this.rev = Math.max(this.rev, rev);
    }
    this.onDelivery(this);
  }

  end(reason: string): void {
    this.ended.push(reason);
    this.followed?.end();
  }

  private see(seq: number, text: string, isNew: boolean): void {
    if (isNew) this.order.push(seq);
    this.texts[seq - 1] = text;
  }
}

import { randomUUID } from 'node:crypto';
import type { EventBus, IntegrationEvent } from '../../../../kernel/events.ts';
import type { BackgroundService } from '../../../../platform/background-service.ts';
import { EVERYTHING, type RowsChanged } from '../../../../platform/cache/tags.ts';
import type { Log } from '../../../../platform/logging/log.ts';
import type { ChatDirectory } from '../../application/ports.ts';

export interface PresentPerson {
  readonly id: string;
  readonly name: string;
}

/** Who of a room came and went since the last time. */
export interface PresenceChange {
  readonly roomId: string;
  readonly joined: readonly PresentPerson[];
  readonly left: readonly PresentPerson[];
}

/** Who is there in one process. `isWhole`: and nobody else is. */
interface ProcessPresence extends IntegrationEvent {
  readonly type: 'chat.presence';
  readonly process: string;
  readonly isWhole: boolean;
  readonly rooms: readonly (readonly [
    room: string,
    joined: readonly PresentPerson[],
    left: readonly string[],
  ])[];
}

/** Somebody wants to know who is there, because they have just come, or may have missed something. */
interface PresenceWanted extends IntegrationEvent {
  readonly type: 'chat.presence_wanted';
}

/** Milliseconds for which comings and goings are gathered. */
const TICK = 1000;

/** Milliseconds between two times that a process tells of all who are in it, and after which one is taken for gone. */
const TELL = 15_000;
const GONE = 40_000;

/** People that are told at once; in a larger crowd nobody reads who is there. */
const MOST_TOLD = 200;

/** Who is in which room, in all processes. Who has several sockets in a room is there once. */
export class Presence implements BackgroundService {
  private readonly directory: ChatDirectory;
  private readonly events: EventBus;
  private readonly log: Log;
  private readonly self = randomUUID();
  private readonly here = new Map<string, Map<string, number>>();
  private readonly names = new Map<string, string>();
  /** Room → person → the processes where they are. */
  private readonly there = new Map<string, Map<string, { name: string; readonly processes: Set<string> }>>();
  private readonly heardAt = new Map<string, number>();
  /** Room → those who came or went since the last tick; true for those who were there then. */
  private readonly changed = new Map<string, Map<string, PresentPerson & { readonly wasThere: boolean }>>();
  private readonly toTell = new Map<string, Set<string>>();
  private listener: (change: PresenceChange) => void = () => undefined;
  private unsubscribe: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;
  private toldAt = 0;

  constructor(directory: ChatDirectory, events: EventBus, log: Log) {
    this.directory = directory;
    this.events = events;
    this.log = log;
  }

  async start(): Promise<void> {
    const wanted: PresenceWanted = { type: 'chat.presence_wanted' };
    const want = () => this.events.publish(wanted);
    this.unsubscribe = [
      this.events.subscribe<ProcessPresence>('chat.presence', told => {
        if (told.process !== this.self) this.hear(told);
      }),
      this.events.subscribe<PresenceWanted>('chat.presence_wanted', () => this.tellAll()),
      this.events.subscribe<RowsChanged>('platform.rows_changed', ({ tags }) => {
        if (tags.length === 1 && tags[0] === EVERYTHING) want();
      }),
    ];
    want();
    this.timer = setInterval(() => void this.onTick(), TICK);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    for (const unsubscribe of this.unsubscribe) unsubscribe();
    this.publish(true, []);
  }

  /** `listener` is told of every room where somebody came or went. */
  onChange(listener: (change: PresenceChange) => void): void {
    this.listener = listener;
  }

  enter(roomId: string, userId: string): void {
    const people = this.here.get(roomId) ?? new Map<string, number>();
    this.here.set(roomId, people);
    const sockets = people.get(userId) ?? 0;
    people.set(userId, sockets + 1);
    if (sockets === 0) this.noteHere(roomId, userId);
  }

  leave(roomId: string, userId: string): void {
    const people = this.here.get(roomId);
    const sockets = people?.get(userId);
    if (!people || sockets === undefined) return;
    if (sockets > 1) people.set(userId, sockets - 1);
    else {
      people.delete(userId);
      if (people.size === 0) this.here.delete(roomId);
      this.noteHere(roomId, userId);
    }
  }

  /** Who is in a room, as was told last; some of them where they are very many. */
  in(roomId: string): readonly PresentPerson[] {
    const people = [...(this.there.get(roomId) ?? [])].slice(0, MOST_TOLD);
    return people.map(([id, { name }]) => ({ id, name }));
  }

  /** Of somebody who is here, though they may have just come. */
  async nameOf(userId: string): Promise<string> {
    return this.names.get(userId) ?? (await this.directory.names([userId])).get(userId) ?? '';
  }

  private noteHere(roomId: string, userId: string): void {
    const people = this.toTell.get(roomId) ?? new Set();
    this.toTell.set(roomId, people.add(userId));
  }

  private async onTick(): Promise<void> {
    try {
      if (this.toTell.size > 0) await this.tellChanges();
    } catch (error) {
      this.log.warn({ err: error }, 'The names of who is there cannot be read; it is tried again');
    }
    const now = performance.now();
    if (now - this.toldAt >= TELL && this.here.size > 0) this.tellAll();
    for (const [process, at] of this.heardAt) if (now - at > GONE) this.forget(process);
    this.tellListener();
  }

  private async tellChanges(): Promise<void> {
    const told = [...this.toTell];
    this.toTell.clear();
    const unknown = told.flatMap(([, people]) => [...people]).filter(id => !this.names.has(id));
    const names = await this.directory.names([...new Set(unknown)]).catch(error => {
      for (const [roomId, people] of told) for (const id of people) this.noteHere(roomId, id);
      throw error;
    });
    for (const id of unknown) this.names.set(id, names.get(id) ?? '');
    const rooms = told.map(([roomId, people]) => {
      const present = (id: string) => this.here.get(roomId)?.has(id) ?? false;
      const joined = [...people].filter(present).map(id => this.person(id));
      return [roomId, joined, [...people].filter(id => !present(id))] as const;
    });
    this.publish(false, rooms);
    if (this.here.size === 0) this.names.clear();
  }

  /** But for those who have just come, of whom the next tick tells by name. */
  private tellAll(): void {
    this.toldAt = performance.now();
    const rooms = [...this.here].map(([roomId, people]) => {
      const known = [...people.keys()].filter(id => this.names.has(id));
      return [roomId, known.map(id => this.person(id)), []] as const;
    });
    this.publish(true, rooms);
  }

  private person(id: string): PresentPerson {
    return { id, name: this.names.get(id) ?? '' };
  }

  private publish(isWhole: boolean, rooms: ProcessPresence['rooms']): void {
    const told: ProcessPresence = { type: 'chat.presence', process: this.self, isWhole, rooms };
    this.hear(told);
    this.events.publish(told);
  }

  private hear({ process, isWhole, rooms }: ProcessPresence): void {
    if (process !== this.self) this.heardAt.set(process, performance.now());
    if (isWhole) {
      const told = new Map(rooms.map(([roomId, joined]) => [roomId, new Set(joined.map(({ id }) => id))]));
      this.removeOf(process, (roomId, userId) => !told.get(roomId)?.has(userId));
    }
    for (const [roomId, joined, left] of rooms) {
      for (const { id, name } of joined) this.add(roomId, id, name, process);
      for (const id of left) this.remove(roomId, id, process);
    }
  }

  private forget(process: string): void {
    this.heardAt.delete(process);
    this.removeOf(process, () => true);
  }

  private removeOf(process: string, isGone: (roomId: string, userId: string) => boolean): void {
    for (const [roomId, people] of this.there)
      for (const [userId, { processes }] of people)
        if (processes.has(process) && isGone(roomId, userId)) this.remove(roomId, userId, process);
  }

  private add(roomId: string, id: string, name: string, process: string): void {
    const people = this.there.get(roomId) ?? new Map();
    this.there.set(roomId, people);
    const person = people.get(id);
    if (person) person.processes.add(process);
    else {
      people.set(id, { name, processes: new Set([process]) });
      this.note(roomId, { id, name }, false);
    }
  }

  private remove(roomId: string, id: string, process: string): void {
    const people = this.there.get(roomId);
    const person = people?.get(id);
    if (!people || !person?.processes.delete(process) || person.processes.size > 0) return;
    people.delete(id);
    if (people.size === 0) this.there.delete(roomId);
    this.note(roomId, { id, name: person.name }, true);
  }

  private note(roomId: string, person: PresentPerson, wasThere: boolean): void {
    const people = this.changed.get(roomId) ?? new Map();
    this.changed.set(roomId, people);
    if (!people.has(person.id)) people.set(person.id, { ...person, wasThere });
  }

  private tellListener(): void {
    const changed = [...this.changed];
    this.changed.clear();
    for (const [roomId, people] of changed) {
      const isThere = (id: string) => this.there.get(roomId)?.has(id) ?? false;
      const moved = [...people.values()].filter(({ id, wasThere }) => isThere(id) !== wasThere);
      const told = moved.slice(0, MOST_TOLD);
      const plain = ({ id, name }: PresentPerson) => ({ id, name });
      const joined = told.filter(({ id }) => isThere(id)).map(plain);
      const left = told.filter(({ id }) => !isThere(id)).map(plain);
      if (told.length > 0) this.listener({ roomId, joined, left });
    }
  }
}

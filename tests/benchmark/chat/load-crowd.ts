import { setTimeout as sleep } from 'node:timers/promises';
import { textFrame } from './frames.ts';
import { Latencies } from './latencies.ts';
import { type ClientPlan, LoadClient } from './load-client.ts';
import type { ConnectOrder } from './load-orders.ts';
import { markOf } from './marks.ts';
import { WIRES } from './wire.ts';

/** Characters of a text. */
const TEXT_LENGTH = 100;

/** So many clients, spread over all, are timed; of the others what they get is counted. */
const TIMED = 100;

/** Milliseconds after which who is still not there fails the order. */
const PATIENCE = 60_000;

const POLL = 5;

export const microseconds = () => performance.now() * 1000;

/** Members of rooms, and what they have got of the messages of a stretch of time. */
export class LoadCrowd {
  readonly latencies = new Latencies();
  delivered = 0;
  /** Of each room. */
  readonly received: Float64Array;
  lost = 0;
  trouble = '';
  lastReceived = 0;
  private readonly order: ConnectOrder;
  private readonly clients: LoadClient[] = [];
  private connected = 0;
  private joined = 0;
  private caughtUp = 0;
  private said = 0;
  private from = Number.POSITIVE_INFINITY;
  private to = Number.POSITIVE_INFINITY;

  constructor(order: ConnectOrder) {
    this.order = order;
    this.received = new Float64Array(order.rooms.length);
  }

  get rooms(): number {
    return this.order.rooms.length;
  }

  get size(): number {
    return this.rooms * this.order.members;
  }

  /** Returns the seconds until all were there. */
  async connect(): Promise<number> {
    const { atOnce, join, missed } = this.order;
    const started = performance.now();
    for (let index = 0; index < this.size; index += 1) {
      if (index - this.connected >= atOnce) await this.until(() => index - this.connected < atOnce);
      this.clients.push(this.client(index));
    }
    await this.until(() => this.connected === this.size);
    if (join) await this.until(() => this.joined === this.size);
    if (missed) await this.until(() => this.caughtUp === this.size);
    return (performance.now() - started) / 1000;
  }

  async join(): Promise<number> {
    const started = performance.now();
    for (const [index, client] of this.clients.entries()) {
      this.enter(client);
      if (index - this.joined >= this.order.atOnce)
        await this.until(() => index - this.joined < this.order.atOnce);
    }
    await this.until(() => this.joined === this.size);
    return (performance.now() - started) / 1000;
  }

  /** What is counted from here on: messages that were to be sent between these. */
  count(from: number, to: number): void {
    this.latencies.clear();
    this.delivered = 0;
    this.received.fill(0);
    [this.from, this.to] = [from, to];
  }

  /** The next message, which was to be sent at `time`: each room's publishers by turns. Returns its room. */
  say(time: number): number {
    const { wire, publishers, members, rooms } = this.order;
    const room = this.said % rooms.length;
    const publisher = Math.floor(this.said / rooms.length) % Math.min(publishers, members);
    const text = markOf(time).padEnd(TEXT_LENGTH, 'x');
    this.said += 1;
    const id = `${process.pid}-${this.said}-${Math.round(time)}`;
    const frame = textFrame(WIRES[wire].say(rooms[room] as string, id, text));
    this.clients[room * members + publisher]?.send(frame);
    return room;
  }

  close(): void {
    for (const client of this.clients) client.close();
  }

  private client(index: number): LoadClient {
    const { rooms, members, join, missed = 0 } = this.order;
    const room = Math.floor(index / members);
    const isTimed =
      this.size <= TIMED ||
      Math.floor((index * TIMED) / this.size) !== Math.floor(((index + 1) * TIMED) / this.size);
    let toCatchUp = missed;
    const client: LoadClient = new LoadClient(room, this.planOf(index, rooms[room] as string), {
      connected: () => {
        this.connected += 1;
        if (join) this.enter(client);
      },
      joined: () => {
        this.joined += 1;
      },
      got: time => {
        if (toCatchUp > 0) {
          toCatchUp -= 1;
          if (toCatchUp === 0) this.caughtUp += 1;
        }
        this.note(time, room, isTimed);
      },
      lost: reason => {
        this.lost += 1;
        this.trouble = reason;
      },
      refused: frame => {
        this.trouble = frame;
      },
    });
    return client;
  }

  private planOf(index: number, room: string): ClientPlan {
    const { wire, origins, tokens } = this.order;
    const { path, headers } = WIRES[wire];
    const token = tokens[index % tokens.length];
    const authorization = token === undefined ? [] : [`Authorization: Bearer ${token}`];
    const origin = new URL(origins[index % origins.length] as string);
    return { origin, path: path(room), headers: [...headers, ...authorization] };
  }

  private enter(client: LoadClient): void {
    const { wire, rooms, after } = this.order;
    const { join } = WIRES[wire];
    if (join) client.join(textFrame(join(rooms[client.room] as string, after)));
    else this.joined += 1;
  }

  private note(time: number, room: number, isTimed: boolean): void {
    if (time < this.from || time >= this.to) return;
    this.delivered += 1;
    this.received[room] = (this.received[room] ?? 0) + 1;
    const now = isTimed ? microseconds() : 0;
    if (isTimed) this.latencies.add(now - time);
  }

  private async until(isSo: () => boolean): Promise<void> {
    const end = performance.now() + PATIENCE;
    while (!isSo()) {
      if (this.lost > 0 || performance.now() > end)
        throw new Error(
          `Of ${this.size} clients ${this.connected} were connected and ${this.joined} joined. ${this.trouble}`,
        );
      await sleep(POLL);
    }
  }
}

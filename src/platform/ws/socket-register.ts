import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock.ts';
import type { Log } from '../logging/log.ts';
import type { SocketMetrics } from '../metrics/metrics.ts';
import { Heartbeat } from './heartbeat.ts';
import type { OpenSocket, SharedParts } from './open-socket.ts';
import { PeopleSockets } from './people-sockets.ts';
import { CLOSE } from './protocol.ts';
import type { SocketServerLimits } from './socket-limits.ts';
import { TextFrames } from './text-frames.ts';

/** Milliseconds between two looks for what has expired. */
const SWEEP = 500;

/** Milliseconds over which a stop spreads its close frames, and in how many portions: all who are told come back. */
const SPREAD = 200;
const PORTIONS = 20;

const RESTART = 'The server stops or restarts. Connect again after a random pause of up to 10 seconds.';

/** Codes that are counted each by itself; clients may make up others. */
const COUNTED: ReadonlySet<number> = new Set([1000, 1001, 1005, 1006, ...Object.values(CLOSE)]);

export interface RegisterParts {
  readonly limits: SocketServerLimits;
  readonly log: Log;
  readonly metrics: SocketMetrics;
  readonly clock: Clock;
  /** Asks whether the person may still have the socket, and closes it where not. */
  readonly verifyAgain: (socket: OpenSocket) => void;
}

/** All sockets of this process, those that are being let in, and the few timers that look after them. */
export class SocketRegister implements SharedParts {
  readonly limits: SocketServerLimits;
  readonly log: Log;
  readonly frames = new TextFrames();
  readonly counts = { received: 0, sent: 0, unfinished: 0 };
  readonly people = new PeopleSockets();
  private readonly metrics: SocketMetrics;
  private readonly clock: Clock;
  private readonly verifyAgain: (socket: OpenSocket) => void;
  private readonly heartbeat: Heartbeat;
  /** Connections whose clients are being let in or refused, and since when. */
  private readonly entering = new Map<Socket, number>();
  private sweeper: NodeJS.Timeout | undefined;
  private idle: (() => void) | undefined;

  constructor({ limits, log, metrics, clock, verifyAgain }: RegisterParts) {
    this.verifyAgain = verifyAgain;
    this.limits = limits;
    this.log = log;
    this.metrics = metrics;
    this.clock = clock;
    this.heartbeat = new Heartbeat(limits.heartbeat);
  }

  /** With those that are being let in. */
  get size(): number {
    return this.heartbeat.sockets.size + this.entering.size;
  }

  enter(connection: Socket): void {
    this.start();
    this.entering.set(connection, performance.now());
  }

  /** Refused. */
  leave(connection: Socket): void {
    if (this.entering.delete(connection)) this.finished();
  }

  open(connection: Socket, socket: OpenSocket): void {
    this.entering.delete(connection);
    this.heartbeat.add(socket);
    this.people.add(socket);
    this.metrics.open.inc();
  }

  closed(socket: OpenSocket, code: number): void {
    this.heartbeat.sockets.delete(socket);
    this.people.delete(socket);
    this.metrics.open.dec();
    this.metrics.closed.inc({ code: COUNTED.has(code) ? String(code) : 'other' });
    this.finished();
  }

  finished(): void {
    if (this.size === 0 && this.counts.unfinished === 0) this.idle?.();
  }

  /** Tells all to connect again, and waits for them, for those that are being refused, and for the frames that are being handled. */
  async stop(timeout: number): Promise<void> {
    const end = performance.now() + timeout;
    const idle = new Promise<void>(resolve => {
      this.idle = resolve;
    });
    await this.closeAll(Math.min(SPREAD, timeout / 2));
    this.finished();
    const patience = new AbortController();
    await Promise.race([
      idle,
      sleep(Math.max(0, end - performance.now()), undefined, { signal: patience.signal }).catch(
        () => undefined,
      ),
    ]);
    patience.abort();
    for (const socket of this.heartbeat.sockets) socket.terminate();
    for (const connection of this.entering.keys()) connection.destroy();
    this.heartbeat.stop();
    clearInterval(this.sweeper);
    this.tell();
  }

  private async closeAll(spread: number): Promise<void> {
    const sockets = [...this.heartbeat.sockets];
    const portion = Math.ceil(sockets.length / PORTIONS);
    for (let start = 0; start < sockets.length; start += portion) {
      for (const socket of sockets.slice(start, start + portion)) socket.close(CLOSE.restart, RESTART);
      if (start + portion < sockets.length) await sleep(spread / PORTIONS);
    }
  }

  private start(): void {
    if (this.sweeper) return;
    this.sweeper = setInterval(() => this.sweep(), SWEEP).unref();
    this.heartbeat.start();
  }

  private sweep(): void {
    const now = this.clock.now().getTime();
    // A session may go on after what was shown of it has expired.
    for (const socket of this.heartbeat.sockets) if (socket.isDue(now)) this.verifyAgain(socket);
    const began = performance.now() - this.limits.handshakeTimeout;
    for (const [connection, since] of this.entering) {
      if (since < began) connection.destroy();
      if (connection.destroyed) this.leave(connection);
    }
    this.frames.forget();
    this.tell();
  }

  /** Counting each frame where it is counted for good would take longer than making it. */
  private tell(): void {
    this.metrics.received.inc(this.counts.received);
    this.metrics.sent.inc(this.counts.sent);
    this.counts.received = 0;
    this.counts.sent = 0;
  }
}

import type { OpenSocket } from './open-socket.ts';

/** Milliseconds between two looks at most. */
const TICK = 100;

/** A look's share may be so many times the average: sockets that came at once part again, instead of being pinged at once. */
const MOST = 2;

/** Pings all sockets in turn, and ends those that do not answer. One timer serves all of them. */
export class Heartbeat {
  /** In the order in which they are to be looked at: as all have the same interval, that of coming and of having been seen. */
  readonly sockets = new Set<OpenSocket>();
  private readonly interval: number;
  private readonly tick: number;
  private timer: NodeJS.Timeout | undefined;

  /** Milliseconds between two pings of one socket. */
  constructor(interval: number) {
    this.interval = interval;
    this.tick = Math.min(TICK, Math.ceil(interval / 10));
  }

  start(): void {
    // What came while the process was busy is read first: it may be the answer.
    this.timer = setInterval(() => setImmediate(() => this.beat()), this.tick).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  add(socket: OpenSocket): void {
    socket.dueAt = performance.now() + this.interval;
    this.sockets.add(socket);
  }

  private beat(): void {
    const now = performance.now();
    let places = Math.ceil((MOST * this.sockets.size * this.tick) / this.interval);
    for (const socket of this.sockets) {
      if (places === 0 || socket.dueAt > now) return;
      places -= 1;
      this.sockets.delete(socket);
      this.add(socket);
      socket.beat();
    }
  }
}

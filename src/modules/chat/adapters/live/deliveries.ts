import type { LiveRoom } from './live-room.ts';

/** Milliseconds between two deliveries to one room while it is busy: each is one write a socket, which is dear. */
const PACE = 25;
const SLOWEST_PACE = 200;

/** Delivering takes half of the time at most, so that other work is done too: where it takes long, it is done less often. */
const SHARE = 2;

/** When the rooms of a process deliver what has come. */
export class Deliveries {
  private readonly busy = new Set<LiveRoom>();
  private timer: NodeJS.Timeout | undefined;
  /** When delivering has had no more than its share, as `performance.now()` says it. */
  private freeAt = Number.NEGATIVE_INFINITY;

  /** A quiet room delivers at once. A busy one does so together with all others that are, now and then. */
  schedule(room: LiveRoom): void {
    const now = performance.now();
    const isQuiet = now >= this.freeAt && now - room.lastFlush >= PACE && !this.busy.has(room);
    if (isQuiet) this.flush([room]);
    else {
      this.busy.add(room);
      const pause = Math.min(SLOWEST_PACE, Math.max(PACE, this.freeAt - now));
      this.timer ??= setTimeout(() => this.flushBusy(), pause);
    }
  }

  forget(room: LiveRoom): void {
    this.busy.delete(room);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private flushBusy(): void {
    this.timer = undefined;
    const rooms = [...this.busy];
    this.busy.clear();
    this.flush(rooms);
  }

  private flush(rooms: readonly LiveRoom[]): void {
    const began = performance.now();
    for (const room of rooms) room.flush(began);
    const took = performance.now() - began;
    this.freeAt = Math.max(this.freeAt, began) + SHARE * took;
  }
}

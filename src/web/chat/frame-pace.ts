import type { ClientFrame } from './frames.ts';
import type { Timers } from './surroundings.ts';

/** Frames a second, and at once after a pause: less than the server lets a client send (`socket_frames`, `socket_burst`). */
const PER_SECOND = 40;
const BURST = 100;

/** Sends frames no faster than the server bears; what is too early waits its turn. */
export class FramePace {
  private readonly timers: Timers;
  private readonly write: (frame: ClientFrame) => void;
  private readonly waiting: ClientFrame[] = [];
  private left = BURST;
  private at: number;
  private timer: unknown;

  constructor(timers: Timers, write: (frame: ClientFrame) => void) {
    this.timers = timers;
    this.write = write;
    this.at = timers.now();
  }

  post(frame: ClientFrame): void {
    // Of how far a room was read only the last counts; so what waits is bounded by rooms and pending messages.
    const earlier = this.waiting.findIndex(
      ({ type, room }) =>
        (type === 'read' || type === 'typing') && type === frame.type && room === frame.room,
    );
    if (earlier >= 0) this.waiting[earlier] = frame;
    else this.waiting.push(frame);
    if (this.timer === undefined) this.flush();
  }

  end(): void {
    this.timers.clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.length = 0;
  }

  private flush(): void {
    const now = this.timers.now();
    this.left = Math.min(BURST, this.left + ((now - this.at) * PER_SECOND) / 1000);
    this.at = now;
    for (const frame of this.waiting.splice(0, Math.floor(this.left))) {
      this.left -= 1;
      this.write(frame);
    }
    if (this.waiting.length === 0) return;
    this.timer = this.timers.setTimeout(() => {
      this.timer = undefined;
      this.flush();
    }, 1000 / PER_SECOND);
  }
}

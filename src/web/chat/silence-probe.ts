import type { Timers } from './surroundings.ts';

/** Asks something where nothing was heard for long, so that a connection that is dead shows also to who only listens. */
export class SilenceProbe {
  /** Whether nothing was heard since it was asked. */
  isUnanswered = false;
  private readonly timers: Timers;
  private readonly ask: () => void;
  private heardAt = 0;
  private timer: unknown;

  constructor(timers: Timers, ask: () => void) {
    this.timers = timers;
    this.ask = ask;
  }

  /** `limit`: milliseconds of silence. */
  begin(limit: number): void {
    this.heard();
    this.waitFor(limit, limit);
  }

  heard(): void {
    this.isUnanswered = false;
    this.heardAt = this.timers.now();
  }

  end(): void {
    this.isUnanswered = false;
    this.timers.clearTimeout(this.timer);
  }

  private waitFor(milliseconds: number, limit: number): void {
    this.timer = this.timers.setTimeout(() => {
      const left = this.heardAt + limit - this.timers.now();
      this.waitFor(left > 0 ? left : limit, limit);
      if (left > 0) return;
      this.isUnanswered = true;
      this.ask();
    }, milliseconds);
  }
}

import type { Timers } from './surroundings.ts';

/** Milliseconds within which what was asked must be answered. */
const LIMIT = 15_000;

/**
 * Notices a connection that is dead without saying so. Browsers answer pings without telling, so only what was asked and is not
 * answered shows it.
 */
export class AnswerWatch {
  private readonly timers: Timers;
  private readonly isAwaiting: () => boolean;
  private readonly dead: () => void;
  private timer: unknown;

  constructor(timers: Timers, isAwaiting: () => boolean, dead: () => void) {
    this.timers = timers;
    this.isAwaiting = isAwaiting;
    this.dead = dead;
  }

  /** Something was asked. */
  begin(): void {
    this.timer ??= this.timers.setTimeout(() => {
      this.timer = undefined;
      if (this.isAwaiting()) this.dead();
    }, LIMIT);
  }

  /** Something was answered: the rest has as long again. */
  answered(): void {
    this.end();
    if (this.isAwaiting()) this.begin();
  }

  end(): void {
    this.timers.clearTimeout(this.timer);
    this.timer = undefined;
  }
}

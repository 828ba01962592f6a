import type { FrameRate } from './socket-limits.ts';

/** How many frames a client may still send: a token bucket that is reckoned when it is asked, so that nothing ticks for the idle. */
export class FrameAllowance {
  private readonly rate: FrameRate;
  private left: number;
  private at = performance.now();

  constructor(rate: FrameRate) {
    this.rate = rate;
    this.left = rate.burst;
  }

  /** Whether there is one more. */
  take(): boolean {
    const { perSecond, burst } = this.rate;
    const now = performance.now();
    this.left = Math.min(burst, this.left + ((now - this.at) * perSecond) / 1000);
    this.at = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}

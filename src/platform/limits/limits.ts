import type { Counter } from 'prom-client';
import type { Log } from '../logging/log.ts';
import type { Limiter, LimiterFactory, LimiterRule } from './limiter.ts';

/** Milliseconds between two lines about counts that cannot be kept. Each failure is in the metric. */
const QUIET = 60_000;

/** Where limits count, and who hears of it when they cannot. Whoever cannot count lets everybody through. */
export class Limits {
  private readonly limiters: LimiterFactory;
  private readonly log: Log;
  private readonly failures: Counter;
  private quietUntil = Number.NEGATIVE_INFINITY;

  constructor(limiters: LimiterFactory, log: Log, failures: Counter) {
    this.limiters = limiters;
    this.log = log;
    this.failures = failures;
  }

  limiter(rule: LimiterRule): Limiter {
    return this.limiters(rule);
  }

  /** To be told once for each request or attempt that was let through, because it could not be counted. */
  failed(error: unknown): void {
    this.failures.inc();
    const now = performance.now();
    if (now < this.quietUntil) return;
    this.quietUntil = now + QUIET;
    const reason = error instanceof Error ? error.message : String(error);
    this.log.error({ reason }, 'Limits cannot be counted; everybody is let through');
  }
}

import type { RateLimiterRes } from 'rate-limiter-flexible';

/** Counts by key. A window begins with the first count in it, and ends `duration` seconds later. */
export interface Limiter {
  readonly points: number;
  /** Rejects with a `RateLimiterRes` where it is one too many, and with an `Error` where it cannot be counted. */
  consume(key: string): Promise<RateLimiterRes>;
  /** Counts one more, however many there are. */
  penalty(key: string): Promise<RateLimiterRes>;
  /** Takes one back. */
  reward(key: string): Promise<RateLimiterRes>;
  /** For so many seconds there is one too many. */
  block(key: string, seconds: number): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

export interface LimiterRule {
  readonly name: string;
  readonly points: number;
  /** Seconds. */
  readonly duration: number;
}

/** Keeps the counts of a rule, where this installation keeps counts. */
export type LimiterFactory = (rule: LimiterRule) => Limiter;

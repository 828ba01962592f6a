import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Limiter, LimiterFactory, LimiterRule } from './limiter.ts';

/** Counts of this process alone; each rule has a bounded number of them. */
export function memoryLimiters(maxKeys: number): LimiterFactory {
  return rule => new MemoryLimiter(rule, maxKeys);
}

/** The library would keep any number of keys. Here the window that began first is given up for one too many. */
class MemoryLimiter implements Limiter {
  readonly points: number;
  private readonly counts: RateLimiterMemory;
  private readonly maxKeys: number;
  /** In the order in which their windows began; some have ended. */
  private readonly windows = new Set<string>();

  constructor({ name, points, duration }: LimiterRule, maxKeys: number) {
    this.points = points;
    this.counts = new RateLimiterMemory({ keyPrefix: name, points, duration });
    this.maxKeys = maxKeys;
  }

  async consume(key: string): Promise<RateLimiterRes> {
    return this.bounded(key, await this.counts.consume(key));
  }

  async penalty(key: string): Promise<RateLimiterRes> {
    return this.bounded(key, await this.counts.penalty(key));
  }

  async reward(key: string): Promise<RateLimiterRes> {
    return this.bounded(key, await this.counts.reward(key));
  }

  block(key: string, seconds: number): Promise<unknown> {
    this.remember(key);
    return this.counts.block(key, seconds);
  }

  delete(key: string): Promise<unknown> {
    this.windows.delete(key);
    return this.counts.delete(key);
  }

  private bounded(key: string, result: RateLimiterRes): RateLimiterRes {
    if (result.isFirstInDuration) this.remember(key);
    return result;
  }

  private remember(key: string): void {
    this.windows.delete(key);
    this.windows.add(key);
    if (this.windows.size <= this.maxKeys) return;
    const [oldest] = this.windows;
    void this.delete(oldest as string);
  }
}

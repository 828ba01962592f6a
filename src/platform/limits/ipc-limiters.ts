import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Peer } from '../cluster/peer.ts';
import type { Limiter, LimiterFactory, LimiterRule } from './limiter.ts';

const COUNT = 'count';

/** Milliseconds, as long as for Redis. */
const TIMEOUT = 500;

type Action = Exclude<keyof Limiter, 'points'>;

/** What a worker asks the primary to do. */
interface Count {
  readonly rule: LimiterRule;
  readonly action: Action;
  readonly key: string;
  /** Of a block. */
  readonly seconds: number;
}

interface Counted {
  readonly isRefused: boolean;
  readonly remaining: number;
  readonly consumed: number;
  /** Milliseconds until the window ends. */
  readonly left: number;
  readonly isFirst: boolean;
}

/** Counts that the workers of a host share: the primary has them. */
export function ipcLimiters(primary: Peer): LimiterFactory {
  return rule => new IpcLimiter(rule, primary);
}

/** Lets the workers count here. */
export class CountingForWorkers {
  private readonly limiters: LimiterFactory;
  private readonly known = new Map<string, Limiter>();

  constructor(limiters: LimiterFactory) {
    this.limiters = limiters;
  }

  join(worker: Peer): void {
    worker.reply(COUNT, (count: Count) => this.count(count));
  }

  private async count({ rule, action, key, seconds }: Count): Promise<Counted | undefined> {
    const limiter = this.limiter(rule);
    try {
      const result = await (action === 'block' ? limiter.block(key, seconds) : limiter[action](key));
      return result instanceof RateLimiterRes ? countedOf(result, false) : undefined;
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return countedOf(refused, true);
      throw refused;
    }
  }

  private limiter(rule: LimiterRule): Limiter {
    const known = this.known.get(rule.name);
    if (known) return known;
    const limiter = this.limiters(rule);
    this.known.set(rule.name, limiter);
    return limiter;
  }
}

class IpcLimiter implements Limiter {
  readonly points: number;
  private readonly rule: LimiterRule;
  private readonly primary: Peer;

  constructor(rule: LimiterRule, primary: Peer) {
    this.points = rule.points;
    this.rule = rule;
    this.primary = primary;
  }

  consume(key: string): Promise<RateLimiterRes> {
    return this.result('consume', key);
  }

  penalty(key: string): Promise<RateLimiterRes> {
    return this.result('penalty', key);
  }

  reward(key: string): Promise<RateLimiterRes> {
    return this.result('reward', key);
  }

  block(key: string, seconds: number): Promise<unknown> {
    return this.ask('block', key, seconds);
  }

  delete(key: string): Promise<unknown> {
    return this.ask('delete', key);
  }

  private async result(action: Action, key: string): Promise<RateLimiterRes> {
    const { isRefused, remaining, left, consumed, isFirst } = (await this.ask(action, key)) as Counted;
    const result = new RateLimiterRes(remaining, left, consumed, isFirst);
    return isRefused ? Promise.reject(result) : result;
  }

  private ask(action: Action, key: string, seconds = 0): Promise<unknown> {
    const count: Count = { rule: this.rule, action, key, seconds };
    return this.primary.ask(COUNT, count, TIMEOUT);
  }
}

function countedOf(result: RateLimiterRes, isRefused: boolean): Counted {
  return {
    isRefused,
    remaining: result.remainingPoints,
    consumed: result.consumedPoints,
    left: result.msBeforeNext,
    isFirst: result.isFirstInDuration,
  };
}

import type { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { LimiterFactory } from './limiter.ts';

/** Counts that all processes share. Without a connection each fails at once. */
export function redisLimiters(storeClient: Redis): LimiterFactory {
  return ({ name, points, duration }) =>
    new RateLimiterRedis({
      storeClient,
      keyPrefix: `atrium:limits:${name}`,
      points,
      duration,
      rejectIfRedisNotReady: true,
    });
}

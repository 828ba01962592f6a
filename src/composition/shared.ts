import type { EventBus } from '../kernel/events.ts';
import type { Settings } from '../platform/configuration/settings.ts';
import { LocalEventBus } from '../platform/events/local-event-bus.ts';
import type { Checks } from '../platform/http/health.ts';
import type { LimiterFactory } from '../platform/limits/limiter.ts';
import { memoryLimiters } from '../platform/limits/memory-limiters.ts';
import type { Log } from '../platform/logging/log.ts';

/** What processes share beside the storage, as REDIS_URL chose. The service works without it. */
export interface Shared {
  readonly events: EventBus;
  readonly limiters: LimiterFactory;
  readonly checks: Checks;
  /** Whether what other processes do is heard of at once. */
  readonly hearsOthers: () => boolean;
  readonly close: () => Promise<void>;
}

/** With Redis it waits for the first try to reach it, which is bounded. */
export async function openShared({ redisUrl, rateLimitKeys }: Settings, log: Log): Promise<Shared> {
  const local = new LocalEventBus(log);
  if (redisUrl === '')
    return {
      events: local,
      limiters: memoryLimiters(rateLimitKeys),
      checks: {},
      hearsOthers: () => false,
      close: async () => undefined,
    };
  const [{ RedisConnections }, { RedisEventBus }, { redisLimiters }] = await Promise.all([
    import('../platform/redis/redis-connections.ts'),
    import('../platform/events/redis-event-bus.ts'),
    import('../platform/limits/redis-limiters.ts'),
  ]);
  const redis = new RedisConnections(redisUrl, log);
  const events = new RedisEventBus(local, redis, log);
  await redis.connect();
  return {
    events,
    limiters: redisLimiters(redis.commands),
    checks: { redis: () => redis.ping() },
    hearsOthers: () => redis.isListening,
    close: () => redis.close(),
  };
}

import type { EventBus } from '../kernel/events.ts';
import type { Peer } from '../platform/cluster/peer.ts';
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
  /** Whether what all other processes do is heard of at once: not only other workers, but other hosts and the command line. */
  readonly hearsOthers: () => boolean;
  readonly close: () => Promise<void>;
}

/** By Redis, where there is one; else workers by their primary. It waits for the first try to reach Redis, which is bounded. */
export async function openShared(settings: Settings, log: Log, primary?: Peer): Promise<Shared> {
  const local = new LocalEventBus(log);
  if (settings.redisUrl !== '') return openRedis(settings.redisUrl, local, log);
  return {
    ...(await (primary ? overPrimary(primary, local, log) : alone(settings, local))),
    checks: {},
    hearsOthers: () => false,
    close: async () => undefined,
  };
}

type EventsAndLimits = Pick<Shared, 'events' | 'limiters'>;

function alone({ rateLimitKeys }: Settings, local: LocalEventBus): EventsAndLimits {
  return { events: local, limiters: memoryLimiters(rateLimitKeys) };
}

async function overPrimary(primary: Peer, local: LocalEventBus, log: Log): Promise<EventsAndLimits> {
  const [{ IpcEventBus }, { ipcLimiters }] = await Promise.all([
    import('../platform/events/ipc-event-bus.ts'),
    import('../platform/limits/ipc-limiters.ts'),
  ]);
  return { events: new IpcEventBus(local, primary, log), limiters: ipcLimiters(primary) };
}

async function openRedis(redisUrl: string, local: LocalEventBus, log: Log): Promise<Shared> {
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

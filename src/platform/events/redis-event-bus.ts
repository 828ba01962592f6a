import { randomUUID } from 'node:crypto';
import type { EventBus, IntegrationEvent } from '../../kernel/events.ts';
import { EVERYTHING, type RowsChanged } from '../cache/tags.ts';
import type { Log } from '../logging/log.ts';
import type { RedisConnections } from '../redis/redis-connections.ts';
import type { LocalEventBus } from './local-event-bus.ts';

interface Message {
  /** The process that published it. */
  readonly from: string;
  readonly event: IntegrationEvent;
}

/**
 * Events to all processes: to this one at once, to the others through Redis. What is published while Redis is away reaches
 * this process only.
 */
export class RedisEventBus implements EventBus {
  private readonly local: LocalEventBus;
  private readonly redis: RedisConnections;
  private readonly log: Log;
  private readonly channel: string;
  private readonly self = randomUUID();

  constructor(local: LocalEventBus, redis: RedisConnections, log: Log) {
    this.local = local;
    this.redis = redis;
    this.log = log;
    // Databases of one Redis share their channels.
    this.channel = `atrium:events:${redis.commands.options.db}`;
    const missed: RowsChanged = { type: 'platform.rows_changed', tags: [EVERYTHING] };
    redis.listen(
      this.channel,
      text => this.hear(text),
      () => local.publish(missed),
    );
  }

  publish(event: IntegrationEvent): void {
    this.local.publish(event);
    const message: Message = { from: this.self, event };
    this.redis.commands.publish(this.channel, JSON.stringify(message)).catch((error: Error) => {
      this.log.debug(
        { event: event.type, reason: error.message },
        'An event did not reach the other processes',
      );
    });
  }

  subscribe<E extends IntegrationEvent>(type: E['type'], handler: (event: E) => void): () => void {
    return this.local.subscribe(type, handler);
  }

  private hear(text: string): void {
    const message = messageOf(text);
    if (!message) this.log.warn('Something that is no event came from Redis');
    else if (message.from !== this.self) this.local.publish(message.event);
  }
}

function messageOf(text: string): Message | undefined {
  try {
    const message = JSON.parse(text) as Partial<Message> | null;
    const { from, event } = message ?? {};
    return typeof from === 'string' && typeof event?.type === 'string' ? { from, event } : undefined;
  } catch {
    return undefined;
  }
}

import type { EventBus, IntegrationEvent } from '../../kernel/events.ts';
import type { Log } from '../logging/log.ts';

type Handler = (event: IntegrationEvent) => void;

/** Events inside one process. A handler that throws hinders nobody else. */
export class LocalEventBus implements EventBus {
  private readonly handlers = new Map<string, Set<Handler>>();
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  publish(event: IntegrationEvent): void {
    for (const handler of this.handlers.get(event.type) ?? []) {
      try {
        handler(event);
      } catch (error) {
        this.log.error({ err: error, event: event.type }, 'A handler of an event failed');
      }
    }
  }

  subscribe<E extends IntegrationEvent>(type: E['type'], handler: (event: E) => void): () => void {
    const handlers = this.handlers.get(type) ?? new Set();
    this.handlers.set(type, handlers);
    handlers.add(handler as Handler);
    return () => handlers.delete(handler as Handler);
  }
}

import type { EventBus, EventLog, IntegrationEvent } from '../../kernel/events.ts';

/** The events of one transaction, kept back until it has been committed. */
export class RecordedEvents implements EventLog {
  private readonly events: IntegrationEvent[] = [];

  record(event: IntegrationEvent): void {
    this.events.push(event);
  }

  publishTo(bus: EventBus): void {
    for (const event of this.events) bus.publish(event);
  }
}

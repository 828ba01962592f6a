import type { EventBus, IntegrationEvent } from '../../kernel/events.ts';
import { EVERYTHING, type RowsChanged } from '../cache/tags.ts';
import { EVENT, JOINED } from '../cluster/event-relay.ts';
import { MISSED, type Peer } from '../cluster/peer.ts';
import type { Log } from '../logging/log.ts';
import type { LocalEventBus } from './local-event-bus.ts';

/**
 * Events to all workers of this host: to this one at once, to the others through the primary. What one of them is too busy to
 * take it misses, and is told so.
 */
export class IpcEventBus implements EventBus {
  private readonly local: LocalEventBus;
  private readonly primary: Peer;
  private readonly log: Log;

  constructor(local: LocalEventBus, primary: Peer, log: Log) {
    this.local = local;
    this.primary = primary;
    this.log = log;
    const missed: RowsChanged = { type: 'platform.rows_changed', tags: [EVERYTHING] };
    primary.on(EVENT, text => local.publish(JSON.parse(text) as IntegrationEvent));
    primary.on(MISSED, () => local.publish(missed));
    primary.tell(JOINED);
  }

  publish(event: IntegrationEvent): void {
    this.local.publish(event);
    if (!this.primary.tell(EVENT, JSON.stringify(event)))
      this.log.debug({ event: event.type }, 'An event did not reach the other processes');
  }

  subscribe<E extends IntegrationEvent>(type: E['type'], handler: (event: E) => void): () => void {
    return this.local.subscribe(type, handler);
  }
}

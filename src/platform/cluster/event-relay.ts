import { MISSED, type Peer } from './peer.ts';

/** A worker hears events from now on. */
export const JOINED = 'joined';

export const EVENT = 'event';

/** Tells the events of each worker to all others. It belongs to the primary, and does not look at what it tells. */
export class EventRelay {
  private readonly listeners = new Set<Peer>();

  /** To be called when there is a new worker. Returns what is to be called when it has ended. */
  join(worker: Peer): () => void {
    worker.on(JOINED, () => {
      this.listeners.add(worker);
      // It may have read something before it was heard that it listens.
      worker.tell(MISSED);
    });
    worker.on(EVENT, text => this.tellOthers(worker, EVENT, text));
    worker.on(MISSED, () => this.tellOthers(worker, MISSED));
    return () => {
      this.listeners.delete(worker);
      // Whoever was killed between a commit and its event has told nobody.
      this.tellOthers(worker, MISSED);
    };
  }

  private tellOthers(worker: Peer, topic: string, text?: string): void {
    for (const listener of this.listeners) if (listener !== worker) listener.tell(topic, text);
  }
}

/**
 * Something that happened in one context and that others may want to know. Each context declares its own. It is plain JSON,
 * because it may go to other processes.
 */
export interface IntegrationEvent {
  readonly type: string;
}

/**
 * Tells what happened to whoever listens: in this process at once, in others where they are joined. An event can be lost on its
 * way to another process, so whoever must know for certain reads it from storage too.
 */
export interface EventBus {
  publish(event: IntegrationEvent): void;
  /** Returns what ends the subscription. */
  subscribe<E extends IntegrationEvent>(type: E['type'], handler: (event: E) => void): () => void;
}

/** Where a unit of work notes what happened: it is published once the work has been committed, and never otherwise. */
export interface EventLog {
  record(event: IntegrationEvent): void;
}

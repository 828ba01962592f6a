import type { EventBus } from '../../kernel/events.ts';
import { RecordedEvents } from '../events/recorded-events.ts';
import { CollectionDraft } from './collection-draft.ts';
import type { MemoryCollection, Stored } from './memory-collection.ts';

/** The drafts that belong to one transaction, one a collection, made when it is first used. */
export class MemoryTransaction {
  readonly events = new RecordedEvents();
  private readonly drafts = new Map<unknown, CollectionDraft<Stored>>();

  draft<T extends Stored>(collection: MemoryCollection<T>): CollectionDraft<T> {
    const draft =
      (this.drafts.get(collection) as CollectionDraft<T> | undefined) ?? new CollectionDraft(collection);
    this.drafts.set(collection, draft as unknown as CollectionDraft<Stored>);
    return draft;
  }

  commit(): void {
    for (const draft of this.drafts.values()) draft.flush();
    for (const draft of this.drafts.values()) draft.commit();
  }
}

/** `people`: the display name of a user, by id. */
export type PublishedView = 'people';

/** Storage in the memory of one process: one writer at a time, and nothing is left when it ends. */
export class MemoryStore {
  private lastWriter: Promise<unknown> = Promise.resolve();
  private readonly events: EventBus;
  private readonly published = new Map<PublishedView, (id: string) => string | undefined>();

  constructor(events: EventBus) {
    this.events = events;
  }

  /** Lets other contexts show something of this one's: what a published view is in SQL. */
  publish(view: PublishedView, read: (id: string) => string | undefined): void {
    this.published.set(view, read);
  }

  read(view: PublishedView, id: string): string | undefined {
    return this.published.get(view)?.(id);
  }

  /** Runs `work` when all writers before it have finished; what it drafted is applied whole, or not at all. Then its events are published. */
  async transaction<T>(work: (transaction: MemoryTransaction) => Promise<T>): Promise<T> {
    const turn = this.lastWriter.then(async () => {
      const transaction = new MemoryTransaction();
      const result = await work(transaction);
      transaction.commit();
      transaction.events.publishTo(this.events);
      return result;
    });
    this.lastWriter = turn.catch(() => undefined);
    return turn;
  }
}

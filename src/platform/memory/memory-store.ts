import type { EventBus } from '../../kernel/events.ts';
import { ChangedRows } from '../cache/tags.ts';
import { EventLoopTurns } from '../event-loop-turns.ts';
import { RecordedEvents } from '../events/recorded-events.ts';
import { partOf } from '../joined-work.ts';
import { CollectionDraft } from './collection-draft.ts';
import { type JoinedDrafts, joinedDrafts } from './joined-drafts.ts';
import type { MemoryCollection, Stored } from './memory-collection.ts';

/** The drafts that belong to one transaction, one a collection, made when it is first used. */
export class MemoryTransaction implements JoinedDrafts {
  readonly events = new RecordedEvents();
  readonly changes = new ChangedRows();
  hasEnded = false;
  failure: unknown;
  private readonly drafts = new Map<unknown, CollectionDraft<Stored>>();

  draft<T extends Stored>(collection: MemoryCollection<T>): CollectionDraft<T> {
    const draft =
      (this.drafts.get(collection) as CollectionDraft<T> | undefined) ?? new CollectionDraft(collection);
    this.drafts.set(collection, draft as unknown as CollectionDraft<Stored>);
    return draft;
  }

  draftIn(collection: unknown): CollectionDraft<Stored> | undefined {
    return this.drafts.get(collection);
  }

  flush(): void {
    for (const draft of this.drafts.values()) draft.flush();
  }

  commit(): void {
    for (const draft of this.drafts.values()) draft.tellChanges(this.changes);
    for (const draft of this.drafts.values()) draft.commit();
  }
}

/** What contexts let others see of theirs, as published views do in SQL. */
export interface PublishedViews {
  /** The display name of a user. */
  people(userId: string): string | undefined;
  /** Whether a user has an account that is active. */
  activePeople(userId: string): boolean;
  /** The name of a team. */
  teams(teamId: string): string | undefined;
  /** The teams that a user is in. */
  teamsOf(userId: string): readonly string[];
  /** The users who are in a team. */
  peopleOf(teamId: string): readonly string[];
}

/** Storage in the memory of one process: one writer at a time, and nothing is left when it ends. */
export class MemoryStore {
  private lastWriter: Promise<unknown> = Promise.resolve();
  private readonly events: EventBus;
  private readonly others = new EventLoopTurns();
  private readonly published: Partial<PublishedViews> = {};

  constructor(events: EventBus) {
    this.events = events;
  }

  /** Lets other contexts show something of this one's: what a published view is in SQL. */
  publish<View extends keyof PublishedViews>(view: View, read: PublishedViews[View]): void {
    this.published[view] = read;
  }

  read<View extends keyof PublishedViews>(view: View, id: string): ReturnType<PublishedViews[View]> {
    const read = this.published[view] as ((id: string) => ReturnType<PublishedViews[View]>) | undefined;
    if (!read) throw new Error(`Nobody publishes ${view}.`);
    return read(id);
  }

  /**
   * Runs `work` when all writers before it have finished; what it drafted is applied whole, or not at all. Then its events
   * are published. Inside of `join` it is a part of the transaction there.
   */
  async transaction<T>(work: (transaction: MemoryTransaction) => Promise<T>): Promise<T> {
    const { current } = joinedDrafts;
    if (current instanceof MemoryTransaction) return partOf(current, () => flushed(current, work));
    const turn = this.lastWriter.then(() => this.commit(new MemoryTransaction(), work));
    this.lastWriter = turn.catch(() => undefined);
    return turn;
  }

  /** Makes all transactions and reads inside of `work` a part of this transaction. */
  join<T>(transaction: MemoryTransaction, work: () => Promise<T>): Promise<T> {
    return joinedDrafts.run(transaction, work);
  }

  private async commit<T>(
    transaction: MemoryTransaction,
    work: (transaction: MemoryTransaction) => Promise<T>,
  ): Promise<T> {
    await this.others.give();
    try {
      const result = await flushed(transaction, work);
      transaction.commit();
      transaction.changes.publishTo(this.events);
      transaction.events.publishTo(this.events);
      return result;
    } finally {
      transaction.hasEnded = true;
    }
  }
}

async function flushed<T>(
  transaction: MemoryTransaction,
  work: (transaction: MemoryTransaction) => Promise<T>,
): Promise<T> {
  const result = await work(transaction);
  if (transaction.failure) throw transaction.failure;
  transaction.flush();
  return result;
}

import type { CollectionDraft } from '../memory/collection-draft.ts';
import { MemoryCollection } from '../memory/memory-collection.ts';
import { MemoryUnitOfWork } from '../memory/memory-unit-of-work.ts';
import type { MemoryStorage } from '../storage.ts';
import type { AnswerWork, Claim, StoredAnswer, StoredAnswers } from './stored-answers.ts';

interface Row {
  readonly id: string;
  readonly version: number;
  readonly fingerprint: string;
  readonly expiresAt: Date;
  answer: string;
}

/** One writer at a time, so nobody ever meets a place that is taken and not filled. */
class InMemoryStoredAnswers implements StoredAnswers {
  private readonly stored: CollectionDraft<Row>;

  constructor(stored: CollectionDraft<Row>) {
    this.stored = stored;
  }

  async claim(id: string, claim: Claim, now: Date): Promise<StoredAnswer | undefined> {
    const kept = await this.stored.get(id);
    if (kept && kept.expiresAt > now) return kept;
    if (kept) await this.stored.remove(kept);
    await this.stored.add({ id, version: 1, ...claim, answer: '' });
    return undefined;
  }

  async keep(id: string, answer: string): Promise<void> {
    Object.assign((await this.stored.get(id)) ?? {}, { answer });
  }

  removeExpired(now: Date, limit: number): Promise<number> {
    return this.stored.removeSome(({ expiresAt }) => expiresAt <= now, limit);
  }
}

export function memoryStoredAnswers({ store }: MemoryStorage): AnswerWork {
  const stored = new MemoryCollection<Row>('stored_answers');
  return new MemoryUnitOfWork(store, transaction => ({
    answers: new InMemoryStoredAnswers(transaction.draft(stored)),
    join: work => store.join(transaction, work),
  }));
}

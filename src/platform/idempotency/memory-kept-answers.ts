import type { CollectionDraft } from '../memory/collection-draft.ts';
import { MemoryCollection } from '../memory/memory-collection.ts';
import { MemoryUnitOfWork } from '../memory/memory-unit-of-work.ts';
import type { MemoryStorage } from '../storage.ts';
import type { AnswerWork, Claim, KeptAnswer, KeptAnswers } from './kept-answers.ts';

interface StoredAnswer {
  readonly id: string;
  readonly version: number;
  readonly fingerprint: string;
  readonly expiresAt: Date;
  answer: string;
}

/** One writer at a time, so nobody ever meets a place that is taken and not filled. */
class InMemoryKeptAnswers implements KeptAnswers {
  private readonly stored: CollectionDraft<StoredAnswer>;

  constructor(stored: CollectionDraft<StoredAnswer>) {
    this.stored = stored;
  }

  async claim(id: string, claim: Claim, now: Date): Promise<KeptAnswer | undefined> {
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

export function memoryKeptAnswers({ store }: MemoryStorage): AnswerWork {
  const stored = new MemoryCollection<StoredAnswer>('kept_answers');
  return new MemoryUnitOfWork(store, transaction => ({
    answers: new InMemoryKeptAnswers(transaction.draft(stored)),
    join: work => store.join(transaction, work),
  }));
}

import { MikroOrmUnitOfWork } from '../mikro-orm/mikro-orm-unit-of-work.ts';
import { queryBuilder } from '../mikro-orm/statements.ts';
import type { Transaction } from '../mikro-orm/transaction.ts';
import type { SqlStorage } from '../storage.ts';
import {
  type AnswerWork,
  type Claim,
  type StoredAnswer,
  type StoredAnswers,
  TwinStillRunning,
} from './stored-answers.ts';

/** PostgreSQL's code for a lock that could not be had within `lock_timeout`. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * The row of an answer is its place: PostgreSQL lets a second one wait at the primary key until the first is committed or
 * rolled back, and on SQLite there is one writer at a time.
 */
class SqlStoredAnswers implements StoredAnswers {
  private readonly transaction: Transaction;
  private readonly build: ReturnType<typeof queryBuilder>;

  constructor(transaction: Transaction, build: ReturnType<typeof queryBuilder>) {
    this.transaction = transaction;
    this.build = build;
  }

  async claim(id: string, { fingerprint, expiresAt }: Claim, now: Date): Promise<StoredAnswer | undefined> {
    const place = { fingerprint, answer: '', expires_at: expiresAt };
    const insert = this.build
      .insertInto('stored_answers')
      .values({ id, ...place })
      .onConflict(conflict =>
        conflict.column('id').doUpdateSet(place).where('stored_answers.expires_at', '<=', now),
      );
    if ((await this.transaction.execute(insert).catch(refuseToWait)) === 1) return undefined;
    const { sql, parameters } = this.build
      .selectFrom('stored_answers')
      .select(['fingerprint', 'answer'])
      .where('id', '=', id)
      .compile();
    const [kept] = await this.transaction.query(sql, parameters);
    return kept as StoredAnswer;
  }

  async keep(id: string, answer: string): Promise<void> {
    await this.transaction.execute(
      this.build.updateTable('stored_answers').set({ answer }).where('id', '=', id),
    );
  }

  removeExpired(now: Date, limit: number): Promise<number> {
    return this.transaction.removeSomeWhere('stored_answers', is => is('expires_at', '<=', now), limit);
  }
}

function refuseToWait(error: Error & { readonly code?: string }): never {
  if (error.code === LOCK_NOT_AVAILABLE) throw new TwinStillRunning(undefined, { cause: error });
  throw error;
}

export function sqlStoredAnswers({ database }: SqlStorage): AnswerWork {
  const build = queryBuilder(database.reader.dialect);
  return new MikroOrmUnitOfWork(database, transaction => ({
    answers: new SqlStoredAnswers(transaction, build),
    join: work => database.join(transaction, work),
  }));
}

import type { UnitOfWork } from '../../kernel/unit-of-work.ts';

export interface StoredAnswer {
  /** Of the request's body. */
  readonly fingerprint: string;
  readonly answer: string;
}

/** Answers to requests that may come again, each by what tells its request from all others. */
export interface StoredAnswers {
  /**
   * Takes the place of an answer, which nobody else can have until the work has ended; or returns the answer that is there.
   * One that has expired by `now` is as if it were not there.
   * @throws TwinStillRunning when whoever has the place keeps it for too long
   */
  claim(id: string, claim: Claim, now: Date): Promise<StoredAnswer | undefined>;
  /** Fills a place that was taken. */
  keep(id: string, answer: string): Promise<void>;
  /** Removes at most so many that have expired by `now`, and returns how many. */
  removeExpired(now: Date, limit: number): Promise<number>;
}

export interface Claim {
  readonly fingerprint: string;
  readonly expiresAt: Date;
}

export type AnswerWork = UnitOfWork<{
  readonly answers: StoredAnswers;
  /** Makes all units of work and all reads inside a part of this work: it is kept with the answer, or not at all. */
  readonly join: <T>(work: () => Promise<T>) => Promise<T>;
}>;

export class TwinStillRunning extends Error {}

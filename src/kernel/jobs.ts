import type { Id } from './ids.ts';
import type { UserId } from './principal.ts';

/**
 * Something to be done later. It is plain JSON: what is not a string, number, boolean, null, list or plain object does
 * not survive. Each context declares its own.
 */
export interface Job {
  readonly type: `${string}.${string}`;
}

export type JobId = Id<'job'>;

export const JOB_STATES = ['waiting', 'running', 'done', 'dead'] as const;

/** `dead`: it has failed for the last time. */
export type JobState = (typeof JOB_STATES)[number];

/** How many of how many. */
export interface JobProgress {
  readonly done: number;
  readonly total: number;
}

/** What came of a job, for its owner: plain JSON. */
export type JobResult = Readonly<Record<string, string | number | boolean | null>>;

/** A job as its owner sees it. Jobs that nobody owns have none. */
export interface JobRecord {
  readonly id: JobId;
  readonly ownerId: UserId;
  readonly type: string;
  readonly state: JobState;
  /** Null, as `total`, where nothing has been said of it. */
  readonly done: number | null;
  readonly total: number | null;
  /** Those that were begun. */
  readonly attempts: number;
  /** Why the last attempt that failed did, in words that the owner may read. */
  readonly lastError: string | null;
  readonly result: JobResult | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface EnqueueOptions {
  readonly notBefore?: Date;
  /** Somebody who can look at what becomes of it, and when they asked for it. */
  readonly owner?: { readonly id: UserId; readonly now: Date };
}

/** Where a unit of work leaves jobs: they are there once the work has been committed, and never otherwise. */
export interface JobQueue {
  /** It is done as soon as may be, or after `notBefore`. */
  enqueue<J extends Job>(job: J, options?: EnqueueOptions): Promise<JobId>;
  /** Shows its owner how far a job is, once the work has been committed. */
  report(id: JobId, progress: JobProgress, now: Date): Promise<void>;
  /** Records that a job is done, which is then never done again: as a part of the work that does the last of it. */
  finish(id: JobId, result: JobResult, now: Date): Promise<void>;
}

/** What a handler knows of its job besides what the job says. */
export interface JobAttempt {
  readonly id: JobId;
  /** Aborted when the time for it is over. */
  readonly signal: AbortSignal;
  /** Shows its owner how far it is. It may be called for every step: not all of them are written. */
  report(progress: JobProgress): Promise<void>;
}

/**
 * Does one type of job. A job is done at least once, so doing it twice must do no harm. What throws is tried again, later
 * and later, until it is given up and kept as dead.
 */
export interface JobHandler<J extends Job = Job> {
  readonly type: J['type'];
  /** Returns what its owner sees as the result, if there is something to say. */
  handle(job: J, attempt: JobAttempt): Promise<JobResult> | Promise<void>;
  /** Cleans up after a job that is given up. It may be called more than once. */
  abandon?(job: J): Promise<void>;
}

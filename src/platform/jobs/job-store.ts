import type { Job } from '../../kernel/jobs.ts';

/** A job that one worker has to itself until its lease ends. */
export interface ClaimedJob {
  readonly id: string;
  readonly job: Job;
  /** From 1. */
  readonly attempt: number;
}

/** Where jobs wait, on storages that have no engine of their own for it. */
export interface JobStore {
  /** Takes jobs that are due, those first that have waited longest, and those whose worker has vanished. */
  claim(limit: number, now: Date, leasedUntil: Date): Promise<readonly ClaimedJob[]>;
  complete(id: string, now: Date): Promise<void>;
  retry(id: string, error: string, at: Date): Promise<void>;
  /** Keeps it as dead: it is not tried again. */
  bury(id: string, error: string, now: Date): Promise<void>;
}

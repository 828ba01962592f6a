import type { JobQueue } from '../../kernel/jobs.ts';
import type { BackgroundService } from '../background-service.ts';
import type { JobRecords } from './job-records.ts';
import type { WorkerParts } from './polling-job-worker.ts';

/** What keeps jobs on one kind of storage. */
export interface JobEngine<Transaction> {
  readonly records: JobRecords;
  /** Enqueues as a part of this transaction. */
  queueIn(transaction: Transaction): JobQueue;
  worker(parts: WorkerParts): BackgroundService;
}

import { uuidv7 } from 'uuidv7';
import type { Job, JobQueue } from '../../kernel/jobs.ts';
import type { BackgroundService } from '../background-service.ts';
import { MemoryCollection } from '../memory/memory-collection.ts';
import type { MemoryStore, MemoryTransaction } from '../memory/memory-store.ts';
import { JOBS_ENQUEUED } from './events.ts';
import type { JobEngine } from './job-engine.ts';
import { reportsIn } from './job-records.ts';
import type { ClaimedJob, JobStore } from './job-store.ts';
import { MemoryJobRecords } from './memory-job-records.ts';
import { PollingJobWorker, type WorkerParts } from './polling-job-worker.ts';

interface StoredJob {
  readonly id: string;
  readonly version: number;
  readonly job: Job;
  attempts: number;
  dueAt: number;
  dead: boolean;
  error: string | null;
}

/** Jobs in the memory of one process. What was done is forgotten; what is dead is kept. */
export class MemoryJobs implements JobEngine<MemoryTransaction>, JobStore {
  readonly records: MemoryJobRecords;
  private readonly jobs = new MemoryCollection<StoredJob>('jobs');
  private readonly store: MemoryStore;

  constructor(store: MemoryStore) {
    this.store = store;
    this.records = new MemoryJobRecords(store);
  }

  queueIn(transaction: MemoryTransaction): JobQueue {
    return {
      enqueue: async (job, { notBefore, owner } = {}) => {
        const dueAt = notBefore?.getTime() ?? 0;
        const id = uuidv7();
        const stored = { id, version: 1, job, attempts: 0, dueAt, dead: false, error: null };
        await transaction.draft(this.jobs).add(stored);
        if (owner) await this.records.add(transaction, { id, type: job.type, owner });
        transaction.events.record(JOBS_ENQUEUED);
        return id;
      },
      ...reportsIn(transaction, this.records),
    };
  }

  worker(parts: WorkerParts): BackgroundService {
    return new PollingJobWorker(this, parts);
  }

  claim(limit: number, now: Date, leasedUntil: Date): Promise<readonly ClaimedJob[]> {
    return this.store.transaction(async transaction => {
      const due = await transaction
        .draft(this.jobs)
        .filter(({ dead, dueAt }) => !dead && dueAt <= now.getTime());
      const claimed = due.sort((a, b) => a.dueAt - b.dueAt).slice(0, limit);
      for (const job of claimed)
        Object.assign(job, { attempts: job.attempts + 1, dueAt: leasedUntil.getTime() });
      return claimed.map(({ id, job, attempts }) => ({ id, job, attempt: attempts }));
    });
  }

  async complete(id: string): Promise<void> {
    await this.store.transaction(async transaction => {
      const jobs = transaction.draft(this.jobs);
      const job = await jobs.get(id);
      if (job) await jobs.remove(job);
    });
  }

  retry(id: string, error: string, at: Date): Promise<void> {
    return this.change(id, { error, dueAt: at.getTime() });
  }

  bury(id: string, error: string): Promise<void> {
    return this.change(id, { error, dead: true });
  }

  private async change(id: string, fields: Partial<StoredJob>): Promise<void> {
    await this.store.transaction(async transaction => {
      Object.assign((await transaction.draft(this.jobs).get(id)) ?? {}, fields);
    });
  }
}

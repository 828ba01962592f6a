import type { JobId, JobQueue, JobRecord } from '../../kernel/jobs.ts';
import type { ListQuery, ListSpec, Page } from '../../kernel/list.ts';
import type { UserId } from '../../kernel/principal.ts';

/** What is known of a job when it is enqueued. */
export interface NewRecord {
  readonly id: JobId;
  readonly type: string;
  readonly owner: { readonly id: UserId; readonly now: Date };
}

export type RecordChange = Partial<Omit<JobRecord, 'id' | 'ownerId' | 'type' | 'createdAt'>> & {
  readonly updatedAt: Date;
};

export const JOB_RECORDS = {
  filters: { owner: { field: 'ownerId', match: 'equals' } },
  sorts: { created_at: 'createdAt' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<JobRecord>;

/**
 * What owners see of their jobs, on one kind of storage. The queue keeps jobs otherwise on each, and forgets them when it
 * likes; a record says the same everywhere.
 */
export interface JobRecords {
  find(id: JobId): Promise<JobRecord | undefined>;
  list(query: ListQuery): Promise<Page<JobRecord>>;
  /** With `attempt`, only where that is still the latest: what an earlier one has to say does not matter any more. */
  change(id: JobId, change: RecordChange, attempt?: number): Promise<void>;
  /** Removes at most so many, and returns how many. */
  removeSomeOf(owner: UserId, limit: number): Promise<number>;
  removeSomeBefore(updatedAt: Date, limit: number): Promise<number>;
}

/** The same as a part of a transaction: a job and its record are there together. */
export interface RecordWriter<Transaction> {
  add(transaction: Transaction, record: NewRecord): Promise<void>;
  changeIn(transaction: Transaction, id: JobId, change: RecordChange): Promise<void>;
}

/** What a queue tells owners of their jobs as a part of this transaction. */
export function reportsIn<Transaction>(
  transaction: Transaction,
  records: RecordWriter<Transaction>,
): Pick<JobQueue, 'report' | 'finish'> {
  return {
    report: (id, { done, total }, updatedAt) => records.changeIn(transaction, id, { done, total, updatedAt }),
    finish: (id, result, updatedAt) =>
      records.changeIn(transaction, id, { state: 'done', lastError: null, result, updatedAt }),
  };
}

/** A job as its owner sees it before anything was done. */
export function recordOf({ id, type, owner }: NewRecord): JobRecord {
  return {
    id,
    ownerId: owner.id,
    type,
    state: 'waiting',
    done: null,
    total: null,
    attempts: 0,
    lastError: null,
    result: null,
    createdAt: owner.now,
    updatedAt: owner.now,
  };
}

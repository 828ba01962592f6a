import type { JobId, JobRecord } from '../../kernel/jobs.ts';
import type { ListQuery, Page } from '../../kernel/list.ts';
import type { UserId } from '../../kernel/principal.ts';
import { MemoryCollection } from '../memory/memory-collection.ts';
import { evaluateList } from '../memory/memory-list.ts';
import type { MemoryStore, MemoryTransaction } from '../memory/memory-store.ts';
import {
  JOB_RECORDS,
  type JobRecords,
  type NewRecord,
  type RecordChange,
  type RecordWriter,
  recordOf,
} from './job-records.ts';

type StoredRecord = JobRecord & { readonly version: number };

export class MemoryJobRecords implements JobRecords, RecordWriter<MemoryTransaction> {
  private readonly records = new MemoryCollection<StoredRecord>('job_records');
  private readonly store: MemoryStore;

  constructor(store: MemoryStore) {
    this.store = store;
  }

  async find(id: JobId): Promise<JobRecord | undefined> {
    return this.records.row(id);
  }

  async list(query: ListQuery): Promise<Page<JobRecord>> {
    return evaluateList(this.records.rows(), JOB_RECORDS, query);
  }

  change(id: JobId, change: RecordChange, attempt?: number): Promise<void> {
    return this.store.transaction(transaction => this.changeIn(transaction, id, change, attempt));
  }

  removeSomeOf(owner: UserId, limit: number): Promise<number> {
    return this.removeSome(({ ownerId }) => ownerId === owner, limit);
  }

  removeSomeBefore(time: Date, limit: number): Promise<number> {
    return this.removeSome(({ updatedAt }) => updatedAt < time, limit);
  }

  add(transaction: MemoryTransaction, record: NewRecord): Promise<void> {
    return transaction.draft(this.records).add({ ...recordOf(record), version: 1 });
  }

  async changeIn(
    transaction: MemoryTransaction,
    id: JobId,
    change: RecordChange,
    attempt?: number,
  ): Promise<void> {
    const record = await transaction.draft(this.records).get(id);
    if (record && (attempt === undefined || record.attempts === attempt)) Object.assign(record, change);
  }

  private removeSome(matches: (record: StoredRecord) => boolean, limit: number): Promise<number> {
    return this.store.transaction(transaction => transaction.draft(this.records).removeSome(matches, limit));
  }
}

import type { JobId, JobRecord } from '../../../kernel/jobs.ts';
import type { ListQuery, Page } from '../../../kernel/list.ts';
import type { UserId } from '../../../kernel/principal.ts';

/** What is kept of jobs for their owners. Whoever does the jobs writes it. */
export interface JobStorage {
  find(id: JobId): Promise<JobRecord | undefined>;
  /** Has the filter `owner`. */
  list(query: ListQuery): Promise<Page<JobRecord>>;
  /** Removes at most so many, and returns how many. */
  removeSomeOf(owner: UserId, limit: number): Promise<number>;
  /** The same of those of which nothing has been heard since. */
  removeSomeBefore(updatedAt: Date, limit: number): Promise<number>;
}

import type { JobId, JobRecord } from '../../../kernel/jobs.ts';
import type { Principal } from '../../../kernel/principal.ts';
import { JobNotFound } from '../domain/errors.ts';
import type { JobStorage } from './ports.ts';

/** Shows what has become of a job to whoever asked for it; for everybody else it does not exist. */
export class ReadJob {
  private readonly jobs: JobStorage;

  constructor(jobs: JobStorage) {
    this.jobs = jobs;
  }

  async execute(id: JobId, by: Principal): Promise<JobRecord> {
    const job = await this.jobs.find(id);
    if (job?.ownerId !== by.userId) throw new JobNotFound();
    return job;
  }
}

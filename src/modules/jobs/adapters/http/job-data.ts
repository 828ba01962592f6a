import { allPages } from '../../../../kernel/all-pages.ts';
import { removeAll } from '../../../../kernel/remove-all.ts';
import type { ExportedData } from '../../../../platform/http/exported-data.ts';
import { Job, presentJob } from '../../../../platform/http/job-representation.ts';
import type { JobStorage } from '../../application/ports.ts';

/** What somebody asked for is their own, and goes with them. Whoever does the job then tells nobody of it. */
export function jobData(jobs: JobStorage): ExportedData {
  return {
    name: 'jobs',
    record: Job,
    export: owner => allPages(query => jobs.list(query), { owner }, { present: presentJob }),
    erase: (userId, signal) => removeAll(limit => jobs.removeSomeOf(userId, limit), signal),
  };
}

import { ContainerModule } from 'inversify';
import { jobData } from '../modules/jobs/adapters/http/job-data.ts';
import { jobApi } from '../modules/jobs/adapters/http/job-endpoints.ts';
import { ReadJob } from '../modules/jobs/application/read-job.ts';
import { RemoveOldJobs } from '../modules/jobs/application/remove-old-jobs.ts';
import { RepeatedTask } from '../platform/repeated-task.ts';
import type { BoundedContext } from './context.ts';
import { bind } from './token.ts';
import { tokens } from './tokens.ts';

/** Milliseconds. */
const HOUR = 3_600_000;

const module = new ContainerModule(options => {
  bind(options, tokens.jobStorage, storage => storage.jobs.records, [tokens.storage]);
  bind(options, tokens.jobApi, jobs => jobApi(new ReadJob(jobs)), [tokens.jobStorage]);
  bind(options, tokens.jobData, jobData, [tokens.jobStorage]);
  bind(
    options,
    tokens.oldJobsRemoval,
    (jobs, clock, log) => {
      const removal = new RemoveOldJobs(jobs, clock);
      return new RepeatedTask(
        signal => removal.execute(signal),
        { name: 'remove old jobs', interval: HOUR },
        log,
      );
    },
    [tokens.jobStorage, tokens.clock, tokens.log],
  );
});

/** Its table belongs to the queue (platform/jobs), which writes it. */
export const jobsContext: BoundedContext = {
  module,
  schema: { entities: [], steps: [] },
  api: tokens.jobApi,
  services: [tokens.oldJobsRemoval],
  personalData: [tokens.jobData],
};

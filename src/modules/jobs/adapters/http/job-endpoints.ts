import { type Api, endpointsThrowing, ok } from '../../../../platform/http/endpoint.ts';
import { Job, presentJob } from '../../../../platform/http/job-representation.ts';
import { IdParams } from '../../../../platform/http/schemas.ts';
import type { ReadJob } from '../../application/read-job.ts';
import type { JobErrorCode } from '../../domain/errors.ts';

const jobProblems = { 'jobs.not_found': 404 } as const satisfies Record<JobErrorCode, number>;

const endpoint = endpointsThrowing<JobErrorCode>();

export function jobApi(read: ReadJob): Api {
  return {
    name: 'jobs',
    description: 'What takes longer than a request. Whoever asked for it sees what becomes of it.',
    problems: jobProblems,
    endpoints: [
      endpoint({
        name: 'readJob',
        method: 'GET',
        path: '/jobs/:id',
        summary: 'Shows what has become of one of your jobs',
        description:
          'What fails is tried again, later and later; a job that has failed for the last time is `dead`. It can be looked ' +
          'at for 30 days.',
        scope: 'any',
        params: IdParams,
        returns: { 200: Job },
        problems: ['jobs.not_found'],
        cache: 'private',
        async handle({ params, principal }) {
          return ok(presentJob(await read.execute(params.id, principal)));
        },
      }),
    ],
  };
}

import { tokens } from '../../src/composition/tokens.ts';
import type { JobRecord } from '../../src/kernel/jobs.ts';
import { idleJob } from './job-worker.ts';
import type { MakeCall } from './open-api-calls.ts';

/** A request about a job of Alice's of which this is known. */
const own =
  (known: Partial<JobRecord> = {}, by: 'alice' | 'bob' = 'alice'): MakeCall =>
  async world => {
    const { server, alice } = world;
    const { application } = server;
    const { id: owner } = (await server.request('GET', '/users/me', { token: alice })).body;
    const id = await idleJob(application, owner);
    const { records } = application.get(tokens.storage).jobs;
    await records.change(id, { ...known, updatedAt: application.get(tokens.clock).now() });
    return { server, token: world[by], path: `/jobs/${id}` };
  };

export const JOB_CALLS: Readonly<Record<string, Readonly<Record<number, readonly MakeCall[]>>>> = {
  readJob: {
    200: [
      own(),
      own({ state: 'running', done: 1, total: 3, attempts: 2, lastError: 'An attempt was broken off.' }),
      own({ state: 'done', done: 3, total: 3, attempts: 2, result: { imported: 3 } }),
      own({ state: 'dead', attempts: 10, lastError: 'It failed.' }),
    ],
    404: [own({}, 'bob')],
  },
};

import { describe, expect, it, vi } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { JobAttempt } from '../../src/kernel/jobs.ts';
import { JobAttempts } from '../../src/platform/jobs/job-attempts.ts';
import { REPORT_INTERVAL } from '../../src/platform/jobs/job-policy.ts';
import type { RecordChange } from '../../src/platform/jobs/job-records.ts';
import { enqueueOwned, handler, jobSetting } from '../support/job-worker.ts';
import { storedUser } from '../support/people.ts';

describe('what a handler reports', () => {
  it('is written at once, then twice a second at most, and the last of it in the end', async () => {
    const { application, clock } = await jobSetting('memory');
    const owner = await storedUser(application);
    const id = await enqueueOwned(application, owner.id, { type: 'test.task' });
    const { records } = application.get(tokens.storage).jobs;
    const written: RecordChange[] = [];
    const noting = Object.assign(Object.create(records) as typeof records, {
      change: (...[ofWhat, change, attempt]: Parameters<typeof records.change>) => {
        written.push(change);
        return records.change(ofWhat, change, attempt);
      },
    });
    vi.useFakeTimers({ toFake: ['performance'] });
    const busy = async (_: unknown, { report }: JobAttempt) => {
      for (let done = 1; done <= 1000; done += 1) {
        await report({ done, total: 1000 });
        if (done === 400) vi.advanceTimersByTime(REPORT_INTERVAL);
      }
    };
    const attempts = new JobAttempts(noting, {
      handlers: [handler('test.task', busy)],
      clock,
      log: application.get(tokens.log),
    });
    const job = { type: 'test.task' } as const;
    await attempts.make({ id, job, attempt: 1 }, new AbortController().signal).finally(vi.useRealTimers);
    expect(written.map(({ state, done }) => ({ state, done }))).toEqual([
      { state: 'running', done: undefined },
      { state: undefined, done: 1 },
      { state: undefined, done: 401 },
      { state: 'done', done: 1000 },
    ]);
  });
});

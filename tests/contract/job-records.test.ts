import { PgBoss } from 'pg-boss';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Application } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { DomainError } from '../../src/kernel/errors.ts';
import type { JobHandler, JobId, JobRecord } from '../../src/kernel/jobs.ts';
import { RemoveOldJobs } from '../../src/modules/jobs/application/remove-old-jobs.ts';
import { JOBS_ENQUEUED } from '../../src/platform/jobs/events.ts';
import { MAX_ATTEMPTS, TIME_LIMIT } from '../../src/platform/jobs/job-policy.ts';
import { STORAGES, type StorageName } from '../support/application.ts';
import {
  enqueue,
  enqueueOwned,
  handler,
  type JobSetting,
  jobSetting,
  jobStoreOf,
  startWorker,
  type Task,
} from '../support/job-worker.ts';
import { storedUser } from '../support/people.ts';
import { onPostgres } from '../support/statements.ts';
import type { TestClock } from '../support/test-clock.ts';

const PATIENT = { timeout: 30_000, interval: 20 };

const TASK: Task = { type: 'test.task' };

class NotInTheMood extends DomainError {
  readonly code = 'test.mood';
}

describe.each(STORAGES)('records of jobs on %s', storage => {
  async function setting() {
    const parts = await jobSetting(storage);
    const owner = (await storedUser(parts.application)).id;
    return { ...parts, owner, ask: (job: Task = TASK) => enqueueOwned(parts.application, owner, job) };
  }
  const recordOf = (application: Application, id: JobId) => application.get(tokens.jobStorage).find(id);
  const becomes = (application: Application, id: JobId, what: Partial<JobRecord>) =>
    vi.waitFor(async () => expect(await recordOf(application, id)).toMatchObject(what), PATIENT);
  const doing = (handle: JobHandler<Task>['handle']) => [handler('test.task', handle)];
  /** Lets the pauses between attempts pass. */
  const hurry = ({ application, clock }: JobSetting) =>
    storage === 'postgresql'
      ? onPostgres(application.settings, client =>
          client.query(`update atrium_jobs.job set start_after = now() where state = 'retry'`),
        )
      : wake(application, clock);

  it('are there as soon as the job is, for their owners', async () => {
    const { application, owner, clock, ask } = await setting();
    const id = await ask();
    expect({ ...(await recordOf(application, id)) }).toMatchObject({
      id,
      ownerId: owner,
      type: 'test.task',
      state: 'waiting',
      done: null,
      total: null,
      attempts: 0,
      lastError: null,
      result: null,
      createdAt: clock.now(),
      updatedAt: clock.now(),
    });
  });

  it('are not there when the work that enqueued the job is rolled back', async () => {
    const { application, owner, clock } = await setting();
    let id: JobId = '';
    const failing = application.get(tokens.identityStorage).work.run(async ({ jobs }) => {
      id = await jobs.enqueue(TASK, { owner: { id: owner, now: clock.now() } });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await recordOf(application, id)).toBeUndefined();
  });

  it('are kept of owned jobs only, which are done like others', async () => {
    const { application } = await setting();
    const ids: JobId[] = [];
    await startWorker(
      application,
      doing(async (_, { id, report }) => {
        await report({ done: 1, total: 2 });
        ids.push(id);
      }),
    );
    await enqueue(application, TASK);
    await vi.waitFor(() => expect(ids).toHaveLength(1), PATIENT);
    expect(await recordOf(application, ids[0] ?? '')).toBeUndefined();
  });

  it('say that a job runs, how far it is, and what came of it', async () => {
    const { application, clock, ask } = await setting();
    const gate = Promise.withResolvers<void>();
    await startWorker(
      application,
      doing(async (_, { report }) => {
        await report({ done: 3, total: 10 });
        await gate.promise;
        await report({ done: 10, total: 10 });
        return { counted: 10, text: 'ü "💙"', none: null };
      }),
    );
    const id = await ask();
    await becomes(application, id, { state: 'running', attempts: 1, done: 3, total: 10, result: null });
    clock.advance(1);
    gate.resolve();
    await becomes(application, id, {
      state: 'done',
      attempts: 1,
      done: 10,
      total: 10,
      lastError: null,
      result: { counted: 10, text: 'ü "💙"', none: null },
      updatedAt: clock.now(),
    });
  });

  it('say what failed in words that are for the owner, and nothing of it when it succeeds later', async () => {
    const setup = await setting();
    const { application, ask } = setup;
    const failures = [new Error('secret detail'), new NotInTheMood('Not in the mood.')];
    const gate = Promise.withResolvers<void>();
    await startWorker(
      application,
      doing(async () => {
        const failure = failures.shift();
        if (failure) throw failure;
        await gate.promise;
      }),
    );
    const id = await ask();
    await becomes(application, id, { state: 'waiting', attempts: 1 });
    const lastError = (await recordOf(application, id))?.lastError;
    expect(lastError).toMatch(/^It failed unexpectedly\./);
    expect(lastError).not.toContain('secret');
    await hurry(setup);
    await becomes(application, id, { state: 'waiting', attempts: 2, lastError: 'Not in the mood.' });
    await hurry(setup);
    await becomes(application, id, { state: 'running', attempts: 3, lastError: 'Not in the mood.' });
    gate.resolve();
    await becomes(application, id, { state: 'done', attempts: 3, lastError: null, result: null });
  });

  it('are dead after the last attempt, and what was begun is cleaned up', { timeout: 90_000 }, async () => {
    const setup = await setting();
    const { application, ask } = setup;
    const abandoned: Task[] = [];
    const failing: JobHandler<Task> = {
      type: 'test.task',
      handle: async (): Promise<void> => {
        throw new NotInTheMood('Never.');
      },
      abandon: async job => void abandoned.push(job),
    };
    await startWorker(application, [failing as JobHandler]);
    const id = await ask({ ...TASK, name: 'hopeless' });
    await vi.waitFor(
      async () => {
        await hurry(setup);
        expect(await recordOf(application, id)).toMatchObject({ state: 'dead', attempts: MAX_ATTEMPTS });
        expect(abandoned).toEqual([{ ...TASK, name: 'hopeless' }]);
      },
      { timeout: 60_000, interval: 50 },
    );
    expect((await recordOf(application, id))?.lastError).toBe('Never.');
  });

  it('say that an attempt was broken off where its worker vanished', { timeout: 60_000 }, async () => {
    const setup = await setting();
    const { application, clock, ask } = setup;
    const id = await ask();
    await vanish(setup, storage, id);
    expect(await recordOf(application, id)).toMatchObject({ state: 'running', attempts: 1 });
    const gate = Promise.withResolvers<void>();
    clock.advance(TIME_LIMIT + 11);
    await hurry(setup);
    await startWorker(
      application,
      doing(() => gate.promise),
    );
    await becomes(application, id, {
      state: 'running',
      attempts: 2,
      lastError: 'An attempt was broken off.',
    });
    gate.resolve();
    await becomes(application, id, { state: 'done', attempts: 2, lastError: null });
  });

  it('are dead where the worker of the last attempt vanished, and it is cleaned up', {
    timeout: 90_000,
  }, async () => {
    const setup = await setting();
    const { application, clock, ask } = setup;
    const id = await ask();
    const last = Array.from({ length: MAX_ATTEMPTS }, (_, index) => index + 1);
    for (const attempt of storage === 'postgresql' ? [MAX_ATTEMPTS] : last) {
      await vanish(setup, storage, id, attempt);
      clock.advance(TIME_LIMIT + 11);
      await hurry(setup);
    }
    let abandoned = 0;
    const never = () => Promise.reject(new Error('It must not be tried again.'));
    const abandon = async () => {
      abandoned += 1;
    };
    await startWorker(application, [{ type: 'test.task', handle: never, abandon }]);
    await becomes(application, id, {
      state: 'dead',
      attempts: MAX_ATTEMPTS,
      lastError: 'An attempt was broken off.',
    });
    expect(abandoned).toBe(1);
  });

  it('are not overwritten by an attempt that was given up', async () => {
    const { application, clock, ask } = await setting();
    const { records } = application.get(tokens.storage).jobs;
    const id = await ask();
    const updatedAt = clock.now();
    await records.change(id, { state: 'running', attempts: 2, updatedAt });
    await records.change(id, { state: 'done', done: 1, total: 1, updatedAt }, 1);
    expect(await recordOf(application, id)).toMatchObject({ state: 'running', attempts: 2, done: null });
    await records.change(id, { state: 'done', updatedAt }, 2);
    expect(await recordOf(application, id)).toMatchObject({ state: 'done' });
  });

  it('of what is recorded as done keep it from being done again', async () => {
    const { application, clock, ask } = await setting();
    const [first, second] = [await ask(), await ask()];
    const { records } = application.get(tokens.storage).jobs;
    await records.change(first, { state: 'done', result: { all: true }, updatedAt: clock.now() });
    const ids: JobId[] = [];
    await startWorker(
      application,
      doing(async (_, { id }) => void ids.push(id)),
    );
    await becomes(application, second, { state: 'done' });
    const third = await ask();
    await becomes(application, third, { state: 'done' });
    expect(ids).toEqual([second, third]);
    expect((await recordOf(application, first))?.result).toEqual({ all: true });
  });

  it('take progress as a part of the work that made it', async () => {
    const { application, clock, ask } = await setting();
    const { work } = application.get(tokens.identityStorage);
    const id = await ask();
    clock.advance(1);
    await work.run(({ jobs }) => jobs.report(id, { done: 1, total: 3 }, clock.now()));
    const kept = { done: 1, total: 3, state: 'waiting', updatedAt: clock.now() };
    expect(await recordOf(application, id)).toMatchObject(kept);
    const failing = work.run(async ({ jobs }) => {
      await jobs.report(id, { done: 2, total: 3 }, clock.now());
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await recordOf(application, id)).toMatchObject(kept);
  });

  it('are removed 30 days after the last that was heard, more than a piece of them', async () => {
    const { application, clock, owner, ask } = await setting();
    const jobs = application.get(tokens.jobStorage);
    await application.get(tokens.identityStorage).work.run(async ({ jobs: queue }) => {
      for (let number = 0; number < 510; number += 1)
        await queue.enqueue(TASK, { owner: { id: owner, now: clock.now() } });
    });
    clock.advance(1);
    const kept = await ask();
    const remove = () => new RemoveOldJobs(jobs, clock).execute(new AbortController().signal);
    const count = async () => (await jobs.list({ where: { owner }, paging: { page: 1, perPage: 10 } })).total;
    clock.advance(30 * 86_400 - 1);
    await remove();
    expect(await count()).toBe(511);
    clock.advance(0.001);
    await remove();
    expect(await count()).toBe(1);
    expect(await recordOf(application, kept)).toBeDefined();
  });
});

/** Lets a worker take the job, say that it has begun, and vanish. */
async function vanish(
  { application, clock }: JobSetting,
  storage: StorageName,
  id: JobId,
  attempt = 1,
): Promise<void> {
  const { records } = application.get(tokens.storage).jobs;
  const begin = () => records.change(id, { state: 'running', attempts: attempt, updatedAt: clock.now() });
  if (storage !== 'postgresql') {
    const leasedUntil = new Date(clock.now().getTime() + (TIME_LIMIT + 10) * 1000);
    expect(await jobStoreOf(application).claim(1, clock.now(), leasedUntil)).toMatchObject([{ id, attempt }]);
    return begin();
  }
  const boss = await bossOf(application);
  const alter = (sql: string, values: unknown[] = []) =>
    onPostgres(application.get(tokens.settings), client => client.query(sql, values));
  await alter('update atrium_jobs.job set retry_count = $1', [attempt - 1]);
  const [job] = await boss.fetch('test.task');
  expect(job?.id).toBe(id);
  await begin();
  await alter(`update atrium_jobs.job set started_on = now() - interval '1 hour' where state = 'active'`);
  await boss.supervise('test.task');
}

/** Another process that takes jobs. */
async function bossOf(application: Application): Promise<PgBoss> {
  const { databaseUrl: connectionString } = application.get(tokens.settings);
  const boss = new PgBoss({ connectionString, schema: 'atrium_jobs', supervise: false, schedule: false });
  await boss.start();
  onTestFinished(() => boss.stop({ graceful: false, close: true }));
  return boss;
}

/** So much later, workers look for jobs. */
function wake(application: Application, clock: TestClock): void {
  clock.advance(3600);
  application.get(tokens.events).publish(JOBS_ENQUEUED);
}

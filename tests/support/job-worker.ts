import { uuidv7 } from 'uuidv7';
import { onTestFinished } from 'vitest';
import { type Application, createContainer, override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { Job, JobAttempt, JobHandler, JobId } from '../../src/kernel/jobs.ts';
import type { UserId } from '../../src/kernel/principal.ts';
import type { BackgroundService } from '../../src/platform/background-service.ts';
import type { JobStore } from '../../src/platform/jobs/job-store.ts';
import type { WorkerParts } from '../../src/platform/jobs/polling-job-worker.ts';
import { type StorageName, type TestApplication, testApplication } from './application.ts';
import { TestClock } from './test-clock.ts';

export interface Task extends Job {
  readonly type: `test.${string}`;
  readonly name?: string;
  readonly payload?: unknown;
}

export interface JobSetting {
  readonly application: TestApplication;
  /** Memory and SQLite go by it; PostgreSQL has a clock of its own. */
  readonly clock: TestClock;
}

/** An empty storage for jobs, which goes when the test ends. */
export async function jobSetting(storage: StorageName): Promise<JobSetting> {
  const clock = new TestClock();
  const application = await testApplication(storage, {}, [override(tokens.clock, clock)]);
  onTestFinished(() => application.close());
  return { application, clock };
}

/** Another process's application on the same database; on memory, which has one process, the same application. */
export async function neighbourOf({ application, clock }: JobSetting): Promise<Application> {
  if (application.settings.databaseUrl === 'memory:') return application;
  const neighbour = await createContainer(application.settings, [override(tokens.clock, clock)]);
  onTestFinished(() => neighbour.close());
  return neighbour;
}

export function enqueue(application: Application, ...all: readonly Task[]): Promise<void> {
  return application.get(tokens.identityStorage).work.run(async ({ jobs }) => {
    for (const job of all) await jobs.enqueue(job);
  });
}

export async function enqueueFor(application: Application, notBefore: Date, job: Task): Promise<void> {
  await application.get(tokens.identityStorage).work.run(({ jobs }) => jobs.enqueue(job, { notBefore }));
}

/** Enqueues something that this person can look at. */
export function enqueueOwned(application: Application, owner: UserId, job: Task): Promise<JobId> {
  const now = application.get(tokens.clock).now();
  return application
    .get(tokens.identityStorage)
    .work.run(({ jobs }) => jobs.enqueue(job, { owner: { id: owner, now } }));
}

/** A job of this person's that no worker takes up for a year. */
export function idleJob(application: Application, owner: UserId): Promise<JobId> {
  const now = application.get(tokens.clock).now();
  const notBefore = new Date(Date.now() + 365 * 86_400_000);
  const options = { owner: { id: owner, now }, notBefore };
  return application
    .get(tokens.identityStorage)
    .work.run(({ jobs }) => jobs.enqueue({ type: 'test.task' }, options));
}

/** An attempt outside of any worker. */
export function lonelyAttempt(signal = new AbortController().signal): JobAttempt {
  return { id: uuidv7(), signal, report: async () => undefined };
}

export function handler(type: Task['type'], handle: JobHandler<Task>['handle']): JobHandler {
  return { type, handle } as JobHandler;
}

/** A worker that has not been started. */
export function workerOf(
  application: Application,
  handlers: readonly JobHandler[],
  change: Partial<WorkerParts> = {},
): BackgroundService {
  return application.get(tokens.storage).jobs.worker({
    handlers,
    events: application.get(tokens.events),
    clock: application.get(tokens.clock),
    log: application.get(tokens.log),
    stopTimeout: 5000,
    ...change,
  });
}

/** A worker that runs until the test ends, or stops it. */
export async function startWorker(...parts: Parameters<typeof workerOf>): Promise<BackgroundService> {
  const worker = workerOf(...parts);
  await worker.start();
  onTestFinished(() => worker.stop());
  return worker;
}

/** Does what is due at this moment, a few jobs at most. For memory and SQLite, whose workers look when they start. */
export async function workOnce(application: Application, handlers: readonly JobHandler[]): Promise<void> {
  const worker = workerOf(application, handlers);
  await worker.start();
  await worker.stop();
}

/** Where jobs are kept on memory and SQLite. */
export function jobStoreOf(application: Application): JobStore {
  return application.get(tokens.storage).jobs as unknown as JobStore;
}

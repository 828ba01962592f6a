import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock.ts';
import type { EventBus } from '../../kernel/events.ts';
import type { JobHandler } from '../../kernel/jobs.ts';
import type { BackgroundService } from '../background-service.ts';
import type { Log } from '../logging/log.ts';
import type { JobsEnqueued } from './events.ts';
import { JobAttempts } from './job-attempts.ts';
import { CONCURRENCY, delayAfter, MAX_ATTEMPTS, POLL_INTERVAL, TIME_LIMIT } from './job-policy.ts';
import type { JobRecords } from './job-records.ts';
import type { ClaimedJob, JobStore } from './job-store.ts';

/** Milliseconds that a job has to end when it is told to. What does not is left to its lease. */
const HEED_TIMEOUT = 1000;

export interface WorkerParts {
  readonly handlers: readonly JobHandler[];
  readonly events: EventBus;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds that jobs which are being done get to finish when the server stops. */
  readonly stopTimeout: number;
}

/** Does jobs of a store: at once when an event says that there are some, else within a second. */
export class PollingJobWorker implements BackgroundService {
  private readonly store: JobStore;
  private readonly attempts: JobAttempts;
  private readonly parts: WorkerParts;
  private readonly running = new Set<Promise<void>>();
  private readonly abandon = new AbortController();
  private unsubscribe: () => void = () => undefined;
  private loop: Promise<void> = Promise.resolve();
  private stopping = false;
  private wake: () => void = () => undefined;

  constructor(store: JobStore & { readonly records: JobRecords }, parts: WorkerParts) {
    this.store = store;
    this.attempts = new JobAttempts(store.records, parts);
    this.parts = parts;
  }

  async start(): Promise<void> {
    this.unsubscribe = this.parts.events.subscribe<JobsEnqueued>('platform.jobs_enqueued', () => this.wake());
    this.loop = this.work();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.unsubscribe();
    this.wake();
    await this.loop;
    await this.ended(this.parts.stopTimeout);
    this.abandon.abort();
    await this.ended(HEED_TIMEOUT);
  }

  /** Waits until all that runs has ended, or for so many milliseconds. */
  private async ended(timeout: number): Promise<void> {
    const waiting = new AbortController();
    const late = sleep(timeout, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.running), late]);
    waiting.abort();
  }

  private async work(): Promise<void> {
    while (!this.stopping) {
      const woken = this.nextWake();
      const claimed = await this.claim();
      for (const job of claimed) this.run(job);
      if (claimed.length === 0) await woken;
    }
  }

  /** Made before the look, so that what is enqueued during it is not overslept. */
  private nextWake(): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, POLL_INTERVAL);
      timer.unref();
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async claim(): Promise<readonly ClaimedJob[]> {
    const free = CONCURRENCY - this.running.size;
    if (free <= 0) return [];
    const now = this.parts.clock.now();
    try {
      return await this.store.claim(free, now, new Date(now.getTime() + (TIME_LIMIT + 10) * 1000));
    } catch (error) {
      this.parts.log.warn({ err: error }, 'Jobs cannot be read');
      return [];
    }
  }

  private run(claimed: ClaimedJob): void {
    const running = this.attempt(claimed)
      .catch(error =>
        this.parts.log.error({ err: error, job: claimed.id }, 'What became of a job is not kept'),
      )
      .finally(() => {
        this.running.delete(running);
        this.wake();
      });
    this.running.add(running);
  }

  private async attempt(claimed: ClaimedJob): Promise<void> {
    const { id, attempt } = claimed;
    const { clock } = this.parts;
    try {
      const timeout = AbortSignal.timeout(TIME_LIMIT * 1000);
      await this.attempts.make(claimed, AbortSignal.any([this.abandon.signal, timeout]));
    } catch (error) {
      const message = String((error as Error).message ?? error);
      if (attempt < MAX_ATTEMPTS)
        return this.store.retry(id, message, new Date(clock.now().getTime() + delayAfter(attempt)));
      await this.attempts.giveUp(claimed);
      return this.store.bury(id, message, clock.now());
    }
    await this.store.complete(id, clock.now());
  }
}

import { type JobWithMetadata, PgBoss } from 'pg-boss';
import { uuidv7 } from 'uuidv7';
import type { Job, JobQueue } from '../../kernel/jobs.ts';
import type { BackgroundService } from '../background-service.ts';
import type { Log } from '../logging/log.ts';
import type { Database } from '../mikro-orm/database.ts';
import type { Transaction } from '../mikro-orm/transaction.ts';
import { JobAttempts } from './job-attempts.ts';
import type { JobEngine } from './job-engine.ts';
import {
  CONCURRENCY,
  FIRST_DELAY,
  KEEP_DEAD,
  KEEP_DONE,
  LONGEST_DELAY,
  MAX_ATTEMPTS,
  TIME_LIMIT,
} from './job-policy.ts';
import { reportsIn } from './job-records.ts';
import type { WorkerParts } from './polling-job-worker.ts';
import { SqlJobRecords } from './sql-job-records.ts';

const DAY = 86_400;

/** The PostgreSQL schema with pg-boss's tables. */
const SCHEMA = 'atrium_jobs';

/** Where pg-boss leaves a copy of each job that has failed for good, its worker having vanished or not. */
const DEAD_LETTERS = 'atrium.dead_letters';

const CONNECTIONS = 3;

/** Seconds between two looks. */
const POLL_INTERVAL = 1;

const QUEUE_OPTIONS = {
  retryLimit: MAX_ATTEMPTS - 1,
  retryDelay: FIRST_DELAY,
  retryBackoff: true,
  retryDelayMax: LONGEST_DELAY,
  expireInSeconds: TIME_LIMIT,
  retentionSeconds: KEEP_DEAD * DAY,
  deleteAfterSeconds: KEEP_DONE * DAY,
};

/** Jobs in PostgreSQL by pg-boss, one queue a type. What fails for good stays in its queue as failed. */
export class PgBossJobs implements JobEngine<Transaction> {
  readonly records: SqlJobRecords;
  private readonly url: string;
  private readonly log: Log;
  private readonly sender: PgBoss;
  private readonly queues = new Map<string, Promise<void>>();
  private started: Promise<unknown> | undefined;

  constructor(url: string, database: Database, log: Log) {
    this.records = new SqlJobRecords(database);
    this.url = url;
    this.log = log;
    this.sender = this.boss({ max: 1, supervise: false, schedule: false });
  }

  queueIn(transaction: Transaction): JobQueue {
    return {
      enqueue: async (job, { notBefore, owner } = {}) => {
        const id = uuidv7();
        await this.queueFor(DEAD_LETTERS);
        await this.queueFor(job.type);
        const executeSql = async (text: string, values: unknown[] = []) => ({
          rows: [...(await transaction.query(text, values))],
        });
        await this.sender.send(job.type, job, {
          id,
          deadLetter: DEAD_LETTERS,
          db: { executeSql },
          ...(notBefore && { startAfter: notBefore }),
        });
        if (owner) await this.records.add(transaction, { id, type: job.type, owner });
        return id;
      },
      ...reportsIn(transaction, this.records),
    };
  }

  worker({ handlers, clock, log, stopTimeout }: WorkerParts): BackgroundService {
    const attempts = new JobAttempts(this.records, { handlers, clock, log });
    const boss = this.boss({ max: CONNECTIONS, supervise: true, schedule: false });
    return {
      start: async () => {
        await boss.start();
        for (const { type } of handlers) {
          await this.queueFor(type);
          await work(boss, type, CONCURRENCY, ({ id, data, retryCount, signal }) =>
            attempts.make({ id, job: data, attempt: retryCount + 1 }, signal),
          );
        }
        await this.queueFor(DEAD_LETTERS);
        await work(boss, DEAD_LETTERS, 1, async ({ sourceId, data }) => {
          if (sourceId) await attempts.giveUp({ id: sourceId, job: data });
        });
      },
      stop: () => boss.stop({ graceful: true, timeout: stopTimeout, close: true }),
    };
  }

  async close(): Promise<void> {
    if (this.started) await this.sender.stop({ graceful: false, close: true });
  }

  /** Each queue has a table of its own, which is made when the first job of its type comes. */
  private queueFor(type: string): Promise<void> {
    const known = this.queues.get(type);
    if (known) return known;
    const made = this.makeQueue(type).catch(error => {
      this.queues.delete(type);
      throw error;
    });
    this.queues.set(type, made);
    return made;
  }

  private async makeQueue(type: string): Promise<void> {
    this.started ??= this.sender.start().catch(error => {
      this.started = undefined;
      throw error;
    });
    await this.started;
    await this.sender.createQueue(type, QUEUE_OPTIONS);
  }

  private boss(options: { max: number; supervise: boolean; schedule: boolean }): PgBoss {
    const boss = new PgBoss({
      connectionString: this.url,
      application_name: 'atrium-jobs',
      schema: SCHEMA,
      ...options,
    });
    boss.on('error', error => this.log.warn({ err: error }, 'Jobs cannot be read'));
    return boss;
  }
}

async function work(
  boss: PgBoss,
  queue: string,
  localConcurrency: number,
  handle: (job: JobWithMetadata<Job>) => Promise<void>,
): Promise<void> {
  const options = {
    pollingIntervalSeconds: POLL_INTERVAL,
    localConcurrency,
    includeMetadata: true,
  } as const;
  await boss.work(queue, options, async (jobs: JobWithMetadata<Job>[]) => {
    for (const job of jobs) await handle(job);
  });
}

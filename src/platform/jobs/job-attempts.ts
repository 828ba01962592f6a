import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { JobAttempt, JobHandler, JobProgress, JobRecord } from '../../kernel/jobs.ts';
import type { Log } from '../logging/log.ts';
import { MAX_ATTEMPTS, REPORT_INTERVAL } from './job-policy.ts';
import type { JobRecords } from './job-records.ts';
import type { ClaimedJob } from './job-store.ts';
import { logFailure } from './log-failure.ts';

/** What owners are told of failures that are none of their business. */
const BROKEN_OFF = 'An attempt was broken off.';
const FAILED = 'It failed unexpectedly. Whoever runs this server finds the reason in its log.';

export interface AttemptParts {
  readonly handlers: readonly JobHandler[];
  readonly clock: Clock;
  readonly log: Log;
}

/** How a job is done, whichever engine has it: by the handler of its type, with a record of it for its owner. */
export class JobAttempts {
  private readonly records: JobRecords;
  private readonly handlers: ReadonlyMap<string, JobHandler>;
  private readonly clock: Clock;
  private readonly log: Log;

  constructor(records: JobRecords, { handlers, clock, log }: AttemptParts) {
    this.records = records;
    this.handlers = new Map(handlers.map(handler => [handler.type, handler]));
    this.clock = clock;
    this.log = log;
  }

  /** @throws what kept it from being done, which has been noted */
  async make(claimed: ClaimedJob, signal: AbortSignal): Promise<void> {
    const { id, job, attempt } = claimed;
    const record = await this.records.find(id);
    // Its result was recorded, and then the engine was not told any more.
    if (record?.state === 'done') return;
    try {
      await this.handle(claimed, record, signal);
    } catch (error) {
      logFailure(this.log, { err: error, job: id, type: job.type, attempt });
      if (record) await this.noteFailure(claimed, signal.aborted ? BROKEN_OFF : explanationOf(error));
      throw error;
    }
  }

  /** After the last attempt, also where nobody knows how that ended. It may be called more than once. */
  async giveUp({ id, job }: Omit<ClaimedJob, 'attempt'>): Promise<void> {
    const record = await this.records.find(id);
    if (record?.state === 'done') return;
    await this.handlers.get(job.type)?.abandon?.(job);
    if (!record || record.state === 'dead') return;
    const lastError = record.state === 'running' ? BROKEN_OFF : record.lastError;
    await this.records.change(id, { state: 'dead', lastError, updatedAt: this.clock.now() });
  }

  private async handle(
    { id, job, attempt }: ClaimedJob,
    record: JobRecord | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (attempt > MAX_ATTEMPTS) throw new Error('The worker of its last attempt has vanished.');
    if (record) await this.begin(record, attempt);
    const handler = this.handlers.get(job.type);
    if (!handler) throw new Error(`Nobody does jobs of the type "${job.type}".`);
    const note = (progress: JobProgress) =>
      this.records.change(id, { ...progress, updatedAt: this.clock.now() }, attempt);
    const reports = record ? new RareReports(note) : UNHEARD;
    const result = await handler.handle(job, {
      id,
      signal,
      report: progress => reports.report(progress),
    });
    if (!record) return;
    const change = { ...reports.unsaid, state: 'done', lastError: null, result: result ?? null } as const;
    await this.records.change(id, { ...change, updatedAt: this.clock.now() }, attempt);
  }

  private begin({ id, state, lastError }: JobRecord, attempts: number): Promise<void> {
    return this.records.change(id, {
      state: 'running',
      attempts,
      lastError: state === 'running' ? BROKEN_OFF : lastError,
      updatedAt: this.clock.now(),
    });
  }

  private async noteFailure({ id, attempt }: ClaimedJob, lastError: string): Promise<void> {
    const change = { state: attempt >= MAX_ATTEMPTS ? 'dead' : 'waiting', lastError } as const;
    await this.records
      .change(id, { ...change, updatedAt: this.clock.now() }, attempt)
      .catch(error => this.log.error({ err: error, job: id }, 'What became of a job is not kept'));
  }
}

function explanationOf(error: unknown): string {
  return error instanceof DomainError ? error.message : FAILED;
}

type Reports = Pick<JobAttempt, 'report'> & { readonly unsaid?: JobProgress | undefined };

const UNHEARD: Reports = { report: async () => undefined };

/** Writes the first report, and then one in each interval; the last is left for the end. */
class RareReports implements Reports {
  unsaid: JobProgress | undefined;
  private readonly write: (progress: JobProgress) => Promise<void>;
  private lastWrite = Number.NEGATIVE_INFINITY;

  constructor(write: (progress: JobProgress) => Promise<void>) {
    this.write = write;
  }

  async report(progress: JobProgress): Promise<void> {
    const now = performance.now();
    if (now - this.lastWrite < REPORT_INTERVAL) {
      this.unsaid = progress;
      return;
    }
    this.lastWrite = now;
    this.unsaid = undefined;
    await this.write(progress);
  }
}

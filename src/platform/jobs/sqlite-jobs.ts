import { uuidv7 } from 'uuidv7';
import type { Job, JobQueue } from '../../kernel/jobs.ts';
import type { BackgroundService } from '../background-service.ts';
import type { Database } from '../mikro-orm/database.ts';
import { queryBuilder, type Statement, slot } from '../mikro-orm/statements.ts';
import type { Transaction } from '../mikro-orm/transaction.ts';
import { JOBS_ENQUEUED } from './events.ts';
import type { JobEngine } from './job-engine.ts';
import { KEEP_DEAD, KEEP_DONE } from './job-policy.ts';
import { reportsIn } from './job-records.ts';
import type { ClaimedJob, JobStore } from './job-store.ts';
import { PollingJobWorker, type WorkerParts } from './polling-job-worker.ts';
import { SqlJobRecords } from './sql-job-records.ts';

const DAY = 86_400_000;

interface JobRow {
  readonly id: string;
  readonly job: string;
  readonly attempts: number;
}

const build = queryBuilder('sqlite');

/**
 * Jobs in a table of the SQLite file, which several processes of one host may share. `due_at` is when an open job may be
 * taken, by the lease that was given on it too; of one that has ended it is when that was.
 */
export class SqliteJobs implements JobEngine<Transaction>, JobStore {
  readonly records: SqlJobRecords;
  private readonly database: Database;
  private readonly due: Statement;

  constructor(database: Database) {
    this.database = database;
    this.records = new SqlJobRecords(database);
    this.due = database.reader.prepare(
      build
        .selectFrom('jobs')
        .select('id')
        .where('state', '=', 'open')
        .where('due_at', '<=', slot<Date>('now'))
        .limit(1),
    );
  }

  queueIn(transaction: Transaction): JobQueue {
    return {
      enqueue: async (job, { notBefore, owner } = {}) => {
        const due_at = notBefore ?? 0;
        const id = uuidv7();
        const row = { id, job: JSON.stringify(job), state: 'open', attempts: 0, due_at };
        await transaction.execute(build.insertInto('jobs').values(row));
        if (owner) await this.records.add(transaction, { id, type: job.type, owner });
        transaction.events.record(JOBS_ENQUEUED);
        return id;
      },
      ...reportsIn(transaction, this.records),
    };
  }

  worker(parts: WorkerParts): BackgroundService {
    return new PollingJobWorker(this, parts);
  }

  /** Looks on the reading connection first, so that an idle worker keeps nobody from writing. */
  async claim(limit: number, now: Date, leasedUntil: Date): Promise<readonly ClaimedJob[]> {
    if ((await this.due.all({ now })).length === 0) return [];
    const due = build.selectFrom('jobs').select('id').where('state', '=', 'open').where('due_at', '<=', now);
    const taken = build
      .updateTable('jobs')
      .set(({ eb }) => ({ due_at: leasedUntil, attempts: eb('attempts', '+', 1) }))
      .where('id', 'in', due.orderBy('due_at').orderBy('id').limit(limit))
      .returning(['id', 'job', 'attempts']);
    const { sql, parameters } = taken.compile();
    return this.database.transaction(async transaction => {
      const rows = (await transaction.query(sql, parameters)) as readonly JobRow[];
      return rows.map(({ id, job, attempts }) => ({ id, job: JSON.parse(job) as Job, attempt: attempts }));
    });
  }

  /** What ended long ago is deleted along with it. */
  async complete(id: string, now: Date): Promise<void> {
    const before = (days: number) => new Date(now.getTime() - days * DAY);
    const old = build
      .deleteFrom('jobs')
      .where(({ and, or, eb }) =>
        or([
          and([eb('state', '=', 'done'), eb('due_at', '<', before(KEEP_DONE))]),
          and([eb('state', '=', 'dead'), eb('due_at', '<', before(KEEP_DEAD))]),
        ]),
      );
    await this.database.transaction(async transaction => {
      await transaction.execute(changeOf(id, { state: 'done', due_at: now, error: null }));
      await transaction.execute(old);
    });
  }

  retry(id: string, error: string, at: Date): Promise<void> {
    return this.change(id, { due_at: at, error });
  }

  bury(id: string, error: string, now: Date): Promise<void> {
    return this.change(id, { state: 'dead', due_at: now, error });
  }

  private async change(id: string, fields: Fields): Promise<void> {
    await this.database.transaction(transaction => transaction.execute(changeOf(id, fields)));
  }
}

type Fields = Readonly<Record<string, string | Date | null>>;

function changeOf(id: string, fields: Fields) {
  return build.updateTable('jobs').set(fields).where('id', '=', id);
}

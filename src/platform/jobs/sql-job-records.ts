import type { JobId, JobRecord, JobResult } from '../../kernel/jobs.ts';
import type { ListQuery, Page } from '../../kernel/list.ts';
import type { UserId } from '../../kernel/principal.ts';
import type { Database } from '../mikro-orm/database.ts';
import { ReadModel } from '../mikro-orm/read-model.ts';
import { column, type ReadModelSource, timeColumn } from '../mikro-orm/read-model-source.ts';
import { queryBuilder, type SqlValue } from '../mikro-orm/statements.ts';
import type { Transaction } from '../mikro-orm/transaction.ts';
import { snakeCase } from '../snake-case.ts';
import {
  JOB_RECORDS,
  type JobRecords,
  type NewRecord,
  type RecordChange,
  type RecordWriter,
  recordOf,
} from './job-records.ts';

const TABLE = 'job_records';

const SOURCE: ReadModelSource<JobRecord> = {
  table: TABLE,
  columns: {
    id: column(`${TABLE}.id`),
    ownerId: column(`${TABLE}.owner_id`),
    type: column(`${TABLE}.type`),
    state: column(`${TABLE}.state`),
    done: column(`${TABLE}.done`),
    total: column(`${TABLE}.total`),
    attempts: column(`${TABLE}.attempts`),
    lastError: column(`${TABLE}.last_error`),
    result: {
      expression: `${TABLE}.result`,
      read: text => (text === null ? null : JSON.parse(text as string)),
    },
    createdAt: timeColumn(`${TABLE}.created_at`),
    updatedAt: timeColumn(`${TABLE}.updated_at`),
  },
};

/** In a table that is the same on SQLite and PostgreSQL, beside whatever keeps the jobs themselves. */
export class SqlJobRecords implements JobRecords, RecordWriter<Transaction> {
  private readonly database: Database;
  private readonly records: ReadModel<JobRecord>;
  private readonly build: ReturnType<typeof queryBuilder>;

  constructor(database: Database) {
    this.database = database;
    this.records = new ReadModel(database.reader, SOURCE, JOB_RECORDS);
    this.build = queryBuilder(database.reader.dialect);
  }

  find(id: JobId): Promise<JobRecord | undefined> {
    return this.records.findBy('id', id);
  }

  list(query: ListQuery): Promise<Page<JobRecord>> {
    return this.records.list(query);
  }

  change(id: JobId, change: RecordChange, attempt?: number): Promise<void> {
    return this.database.transaction(transaction => this.changeIn(transaction, id, change, attempt));
  }

  removeSomeOf(owner: UserId, limit: number): Promise<number> {
    return this.database.transaction(transaction =>
      transaction.removeSome(TABLE, { owner_id: owner }, limit),
    );
  }

  removeSomeBefore(time: Date, limit: number): Promise<number> {
    return this.database.transaction(transaction =>
      transaction.removeSomeWhere(TABLE, is => is('updated_at', '<', time), limit),
    );
  }

  async add(transaction: Transaction, record: NewRecord): Promise<void> {
    await transaction.execute(this.build.insertInto(TABLE).values(rowOf(recordOf(record))));
  }

  async changeIn(transaction: Transaction, id: JobId, change: RecordChange, attempt?: number): Promise<void> {
    const all = this.build.updateTable(TABLE).set(rowOf(change)).where('id', '=', id);
    await transaction.execute(attempt === undefined ? all : all.where('attempts', '=', attempt));
  }
}

function rowOf(fields: Partial<JobRecord>): Record<string, SqlValue> {
  const entries = Object.entries(fields) as [keyof JobRecord, SqlValue | JobResult][];
  return Object.fromEntries(
    entries.map(([name, value]) => [
      snakeCase(name),
      name === 'result' && value !== null ? JSON.stringify(value) : (value as SqlValue),
    ]),
  );
}

import { COLUMN_TYPES } from '../mikro-orm/column-types.ts';
import type { SchemaStep } from '../mikro-orm/schema-step.ts';
import type { Dialect } from '../mikro-orm/statements.ts';

/** The owner is an id and nothing more: what an account is does not concern the platform. */
function jobRecords(dialect: Dialect): string[] {
  const { uuid, time } = COLUMN_TYPES[dialect];
  return [
    `create table job_records (
      id ${uuid} not null primary key,
      owner_id ${uuid} not null,
      type text not null,
      state text not null check (state in ('waiting', 'running', 'done', 'dead')),
      done integer,
      total integer,
      attempts integer not null,
      last_error text,
      result text,
      created_at ${time} not null,
      updated_at ${time} not null
    )${dialect === 'sqlite' ? ' without rowid' : ''}`,
    'create index job_records_by_owner on job_records (owner_id, created_at desc, id desc)',
    'create index job_records_by_update on job_records (updated_at)',
  ];
}

/** PostgreSQL has pg-boss, which makes its own tables. */
export const jobSteps: readonly SchemaStep[] = [
  {
    name: '20261123180000_jobs',
    up: {
      sqlite: [
        `create table jobs (
          id text not null primary key,
          job text not null,
          state text not null check (state in ('open', 'done', 'dead')),
          attempts integer not null,
          due_at integer not null,
          error text
        ) without rowid`,
        "create index jobs_due on jobs (due_at, id) where state = 'open'",
        "create index jobs_ended on jobs (due_at) where state != 'open'",
      ],
      postgresql: [],
    },
    down: { sqlite: ['drop table jobs'], postgresql: [] },
  },
  {
    name: '20261125090000_job_records',
    up: { sqlite: jobRecords('sqlite'), postgresql: jobRecords('postgresql') },
    down: { sqlite: ['drop table job_records'], postgresql: ['drop table job_records'] },
  },
];

import type { SchemaStep } from '../mikro-orm/schema-step.ts';

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
];

import type { SchemaStep } from '../../../../platform/mikro-orm/schema-step.ts';

/** The first two indexes serve a person's list, whole or of the done or open ones, in its default order. */
const INDEXES = [
  'create index todos_by_user on todos (user_id, created_at desc, id desc)',
  'create index todos_by_user_and_state on todos (user_id, completed, created_at desc, id desc)',
  'create index todos_by_user_and_update on todos (user_id, updated_at desc, id desc)',
];

export const todoSteps: readonly SchemaStep[] = [
  {
    name: '20261123130200_todos',
    up: {
      sqlite: [
        `create table todos (
          id text not null primary key,
          user_id text not null references users (id) on delete cascade,
          text text not null,
          completed integer not null,
          created_at integer not null,
          updated_at integer not null,
          version integer not null
        ) without rowid`,
        ...INDEXES,
      ],
      postgresql: [
        `create table todos (
          id uuid not null primary key,
          user_id uuid not null references users (id) on delete cascade,
          text text not null,
          completed boolean not null,
          created_at timestamptz(3) not null,
          updated_at timestamptz(3) not null,
          version integer not null
        )`,
        ...INDEXES,
      ],
    },
    down: { sqlite: ['drop table todos'], postgresql: ['drop table todos'] },
  },
];

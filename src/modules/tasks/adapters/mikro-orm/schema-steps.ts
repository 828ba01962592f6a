import { appendOnly } from '../../../../platform/mikro-orm/append-only.ts';
import { COLUMN_TYPES } from '../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../platform/mikro-orm/schema-step.ts';
import { SEARCH_VECTOR, searchIndex } from '../../../../platform/mikro-orm/search-index.ts';
import type { Dialect } from '../../../../platform/mikro-orm/statements.ts';

/** Each of those who may see a task finds it in its default order; a team and its people are the roster's. */
const INDEXES = ['author', 'assignee', 'team'].flatMap(who => [
  `create index tasks_by_${who} on tasks (${who}_id, created_at desc, id desc)`,
  `create index tasks_by_${who}_and_update on tasks (${who}_id, updated_at desc, id desc)`,
]);

function tables(dialect: Dialect): string[] {
  const { uuid, time, boolean } = COLUMN_TYPES[dialect];
  const [first, id, last] =
    dialect === 'sqlite'
      ? ['seq integer not null primary key,', 'id text not null unique', '']
      : ['', `id ${uuid} not null primary key`, `${SEARCH_VECTOR},`];
  return [
    `create table tasks (
      ${first}
      ${id},
      author_id ${uuid} not null references users (id),
      title text not null,
      description text,
      due_date ${time},
      completed ${boolean} not null,
      assignee_id ${uuid} references users (id),
      team_id ${uuid},
      search_text text not null,
      ${last}
      created_at ${time} not null,
      updated_at ${time} not null,
      version integer not null
    )`,
    ...INDEXES,
    ...searchIndex[dialect]('tasks'),
    `create table task_history (
      id ${uuid} not null primary key,
      task_id ${uuid} not null references tasks (id) on delete cascade,
      user_id ${uuid} not null references users (id),
      field text not null,
      value_before text not null,
      value_after text not null,
      created_at ${time} not null,
      version integer not null
    )`,
    'create index task_history_by_task on task_history (task_id, created_at desc, id desc)',
    ...appendOnly('task_history', 'The history of a task is not changed.', dialect),
  ];
}

export const taskSteps: readonly SchemaStep[] = [
  {
    name: '20261125060000_tasks',
    up: { sqlite: tables('sqlite'), postgresql: tables('postgresql') },
    down: {
      sqlite: ['drop table task_history', 'drop table tasks_search', 'drop table tasks'],
      postgresql: ['drop table task_history', 'drop function task_history_is_final()', 'drop table tasks'],
    },
  },
];

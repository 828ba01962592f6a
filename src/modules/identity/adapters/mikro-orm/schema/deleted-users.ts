import { COLUMN_TYPES } from '../../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../../platform/mikro-orm/statements.ts';

/** The row stays, because what others share refers to it; lists and look-ups pass it over. */
function up(dialect: Dialect): string[] {
  return [
    `alter table users add column deleted_at ${COLUMN_TYPES[dialect].time}`,
    'drop index users_by_age',
    'create index users_by_age on users (created_at desc, id desc) where deleted_at is null',
  ];
}

const DOWN = [
  'drop index users_by_age',
  'create index users_by_age on users (created_at desc, id desc)',
  'alter table users drop column deleted_at',
];

export const deletedUsersStep: SchemaStep = {
  name: '20261125010000_deleted_users',
  up: { sqlite: up('sqlite'), postgresql: up('postgresql') },
  down: { sqlite: DOWN, postgresql: DOWN },
};

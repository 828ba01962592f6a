import { COLUMN_TYPES } from '../../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../../platform/mikro-orm/statements.ts';

const BUILT = '2026-11-24T00:00:00.000Z';

/** From here on a revocation without a user is one of everybody, because a role has changed. */
function up(dialect: Dialect): string[] {
  const { time } = COLUMN_TYPES[dialect];
  const built = dialect === 'sqlite' ? Date.parse(BUILT) : `'${BUILT}'`;
  return [
    `create table roles (
      id text not null primary key,
      scope text,
      created_at ${time} not null,
      updated_at ${time} not null,
      version integer not null
    )`,
    `insert into roles (id, created_at, updated_at, version)
      values ('member', ${built}, ${built}, 1), ('admin', ${built}, ${built}, 1)`,
    'create index users_by_role on users (role, created_at desc, id desc)',
    ...revocationsWhere(dialect, ''),
  ];
}

/** SQLite cannot change a column, so there the table is made anew; its sequence goes on. */
function revocationsWhere(dialect: Dialect, userId: '' | 'not null'): string[] {
  if (dialect === 'postgresql')
    return [`alter table revocations alter column user_id ${userId === '' ? 'drop' : 'set'} not null`];
  return [
    `create table revocations_anew (
      sequence integer primary key autoincrement,
      user_id text ${userId},
      session_id text,
      created_at integer not null
    )`,
    'insert into revocations_anew select sequence, user_id, session_id, created_at from revocations',
    "delete from sqlite_sequence where name = 'revocations_anew'",
    "insert into sqlite_sequence (name, seq) select 'revocations_anew', seq from sqlite_sequence where name = 'revocations'",
    'drop table revocations',
    'alter table revocations_anew rename to revocations',
    'create index revocations_by_age on revocations (created_at)',
  ];
}

/** Whoever has a role that is none any more becomes a member. */
function down(dialect: Dialect): string[] {
  return [
    'delete from revocations where user_id is null',
    ...revocationsWhere(dialect, 'not null'),
    'drop index users_by_role',
    "update users set role = 'member' where role != 'admin'",
    'drop table roles',
  ];
}

export const rolesStep: SchemaStep = {
  name: '20261125000000_roles',
  up: { sqlite: up('sqlite'), postgresql: up('postgresql') },
  down: { sqlite: down('sqlite'), postgresql: down('postgresql') },
};

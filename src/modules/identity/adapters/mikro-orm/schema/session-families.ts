import { COLUMN_TYPES } from '../../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../../platform/mikro-orm/statements.ts';
import { tables } from './identity.ts';

/** Sessions of before have no family, so their people sign in again. */
function sessionFamilies(dialect: Dialect): string[] {
  const { uuid, time, json } = COLUMN_TYPES[dialect];
  const sequence =
    dialect === 'sqlite'
      ? 'integer primary key autoincrement'
      : 'bigint generated always as identity primary key';
  return [
    'drop table sessions',
    `create table sessions (
      id ${uuid} not null primary key,
      user_id ${uuid} not null references users (id) on delete cascade,
      scopes ${json} not null,
      family_hash text not null constraint sessions_family_hash_key unique,
      refresh_token_hash text not null,
      used_token_hash text,
      sealed_successor text,
      device_name text,
      address text,
      created_at ${time} not null,
      last_used_at ${time} not null,
      expires_at ${time} not null,
      version integer not null
    )`,
    'create index sessions_by_user on sessions (user_id, created_at desc, id desc)',
    'create index sessions_by_user_and_use on sessions (user_id, last_used_at desc, id desc)',
    `create table revocations (
      sequence ${sequence},
      user_id ${uuid} not null,
      session_id ${uuid},
      created_at ${time} not null
    )`,
    'create index revocations_by_age on revocations (created_at)',
    'create index users_by_age on users (created_at desc, id desc)',
  ];
}

/** The sessions as they were. */
function sessionsAlone(dialect: Dialect): string[] {
  const sessions = tables(dialect).filter(statement => /(table|on) sessions /.test(statement));
  return ['drop index users_by_age', 'drop table revocations', 'drop table sessions', ...sessions];
}

export const sessionFamiliesStep: SchemaStep = {
  name: '20261123170000_session_families',
  up: { sqlite: sessionFamilies('sqlite'), postgresql: sessionFamilies('postgresql') },
  down: { sqlite: sessionsAlone('sqlite'), postgresql: sessionsAlone('postgresql') },
};

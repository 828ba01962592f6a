import { COLUMN_TYPES } from '../../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../../platform/mikro-orm/statements.ts';

/** `people` is what other contexts may show of a user. */
export function tables(dialect: Dialect): string[] {
  const { uuid, time, boolean, json } = COLUMN_TYPES[dialect];
  return [
    `create table users (
      id ${uuid} not null primary key,
      email text not null,
      email_key text not null constraint users_email_key_key unique,
      username text constraint users_username_key unique,
      full_name text,
      display_name text not null,
      role text not null,
      password_hash text not null,
      is_active ${boolean} not null,
      is_verified ${boolean} not null,
      created_at ${time} not null,
      updated_at ${time} not null,
      version integer not null
    )`,
    "create index users_administrators on users (id) where role = 'admin'",
    'create view people as select id, display_name from users',
    `create table sessions (
      id ${uuid} not null primary key,
      user_id ${uuid} not null references users (id) on delete cascade,
      scopes ${json} not null,
      refresh_token_hash text not null constraint sessions_refresh_token_hash_key unique,
      device_name text,
      address text,
      created_at ${time} not null,
      last_used_at ${time} not null,
      expires_at ${time} not null,
      version integer not null
    )`,
    'create index sessions_by_user on sessions (user_id, last_used_at desc, id desc)',
    `create table setups (
      id text not null primary key,
      user_id ${uuid} not null,
      created_at ${time} not null,
      version integer not null
    )`,
    `create table signing_keys (
      id text not null primary key,
      public_key text not null,
      encrypted_secret_key text not null,
      created_at ${time} not null,
      version integer not null
    )`,
  ];
}

const DROP = [
  'drop table signing_keys',
  'drop table setups',
  'drop table sessions',
  'drop view people',
  'drop table users',
];

export const identityStep: SchemaStep = {
  name: '20261123130000_identity',
  up: { sqlite: tables('sqlite'), postgresql: tables('postgresql') },
  down: { sqlite: DROP, postgresql: DROP },
};

import type { SchemaStep } from '../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../platform/mikro-orm/statements.ts';

const TYPES = {
  sqlite: { uuid: 'text', time: 'integer', boolean: 'integer', json: 'text' },
  postgresql: { uuid: 'uuid', time: 'timestamptz(3)', boolean: 'boolean', json: 'jsonb' },
} as const;

/** `people` is what other contexts may show of a user. */
function tables(dialect: Dialect): string[] {
  const { uuid, time, boolean, json } = TYPES[dialect];
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

/** Sessions of before have no family, so their people sign in again. */
function sessionFamilies(dialect: Dialect): string[] {
  const { uuid, time, json } = TYPES[dialect];
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

function mailTokens(dialect: Dialect): string[] {
  const { uuid, time } = TYPES[dialect];
  return [
    `create table mail_tokens (
      id text not null primary key,
      user_id ${uuid} not null references users (id) on delete cascade,
      purpose text not null,
      email text not null,
      created_at ${time} not null,
      expires_at ${time} not null,
      version integer not null
    )`,
    'create index mail_tokens_by_user on mail_tokens (user_id, purpose)',
  ];
}

function accessTokens(dialect: Dialect): string[] {
  const { uuid, time } = TYPES[dialect];
  return [
    `create table access_tokens (
      id ${uuid} not null primary key,
      user_id ${uuid} not null references users (id) on delete cascade,
      name text not null,
      hash text not null constraint access_tokens_hash_key unique,
      scope text not null,
      created_at ${time} not null,
      expires_at ${time},
      version integer not null
    )`,
    'create index access_tokens_by_user on access_tokens (user_id, created_at desc, id desc)',
  ];
}

const DROP = [
  'drop table signing_keys',
  'drop table setups',
  'drop table sessions',
  'drop view people',
  'drop table users',
];

export const identitySteps: readonly SchemaStep[] = [
  {
    name: '20261123130000_identity',
    up: { sqlite: tables('sqlite'), postgresql: tables('postgresql') },
    down: { sqlite: DROP, postgresql: DROP },
  },
  {
    name: '20261123170000_session_families',
    up: { sqlite: sessionFamilies('sqlite'), postgresql: sessionFamilies('postgresql') },
    down: { sqlite: sessionsAlone('sqlite'), postgresql: sessionsAlone('postgresql') },
  },
  {
    name: '20261123181000_mail_tokens',
    up: { sqlite: mailTokens('sqlite'), postgresql: mailTokens('postgresql') },
    down: { sqlite: ['drop table mail_tokens'], postgresql: ['drop table mail_tokens'] },
  },
  {
    name: '20261123182000_access_tokens',
    up: { sqlite: accessTokens('sqlite'), postgresql: accessTokens('postgresql') },
    down: { sqlite: ['drop table access_tokens'], postgresql: ['drop table access_tokens'] },
  },
];

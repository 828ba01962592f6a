import { COLUMN_TYPES } from '../../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../../platform/mikro-orm/statements.ts';

function tables(dialect: Dialect): string[] {
  const { uuid, time } = COLUMN_TYPES[dialect];
  return [
    `create table provider_accounts (
      id text not null primary key,
      user_id ${uuid} not null references users (id) on delete cascade,
      seen text not null,
      created_at ${time} not null,
      version integer not null
    )`,
    'create index provider_accounts_by_user on provider_accounts (user_id)',
    `create table provider_sessions (
      id ${uuid} not null primary key references sessions (id) on delete cascade,
      provider_id text,
      sealed_tokens text not null,
      access_expires_at ${time} not null,
      version integer not null
    )`,
    'create index provider_sessions_by_provider on provider_sessions (provider_id)',
    `create table provider_logouts (
      id text not null primary key,
      provider_session_id text,
      subject text,
      logged_out_at ${time} not null,
      version integer not null
    )`,
    'create index provider_logouts_by_session on provider_logouts (provider_session_id)',
    'create index provider_logouts_by_subject on provider_logouts (subject, logged_out_at)',
    'create index provider_logouts_by_age on provider_logouts (logged_out_at)',
  ];
}

const DROP = ['drop table provider_logouts', 'drop table provider_sessions', 'drop table provider_accounts'];

export const providerStep: SchemaStep = {
  name: '20261128220000_identity_provider',
  up: { sqlite: tables('sqlite'), postgresql: tables('postgresql') },
  down: { sqlite: DROP, postgresql: DROP },
};

import { COLUMN_TYPES } from '../../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../../platform/mikro-orm/statements.ts';

function accessTokens(dialect: Dialect): string[] {
  const { uuid, time } = COLUMN_TYPES[dialect];
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

export const accessTokensStep: SchemaStep = {
  name: '20261123182000_access_tokens',
  up: { sqlite: accessTokens('sqlite'), postgresql: accessTokens('postgresql') },
  down: { sqlite: ['drop table access_tokens'], postgresql: ['drop table access_tokens'] },
};

import { COLUMN_TYPES } from '../../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../../platform/mikro-orm/statements.ts';

function issuedTokens(dialect: Dialect): string[] {
  const { uuid, time } = COLUMN_TYPES[dialect];
  return [
    `create table issued_tokens (
      id text not null primary key,
      user_id ${uuid} not null,
      session_id ${uuid} not null references sessions (id) on delete cascade,
      scope text not null,
      issued_at ${time} not null,
      expires_at ${time} not null,
      version integer not null
    )`,
    'create index issued_tokens_by_session on issued_tokens (session_id)',
    'create index issued_tokens_by_end on issued_tokens (expires_at)',
  ];
}

export const issuedTokensStep: SchemaStep = {
  name: '20261125030000_issued_tokens',
  up: { sqlite: issuedTokens('sqlite'), postgresql: issuedTokens('postgresql') },
  down: { sqlite: ['drop table issued_tokens'], postgresql: ['drop table issued_tokens'] },
};

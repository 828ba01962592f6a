import { COLUMN_TYPES } from '../../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../../platform/mikro-orm/statements.ts';

function mailTokens(dialect: Dialect): string[] {
  const { uuid, time } = COLUMN_TYPES[dialect];
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

export const mailTokensStep: SchemaStep = {
  name: '20261123181000_mail_tokens',
  up: { sqlite: mailTokens('sqlite'), postgresql: mailTokens('postgresql') },
  down: { sqlite: ['drop table mail_tokens'], postgresql: ['drop table mail_tokens'] },
};

import { COLUMN_TYPES } from '../../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../../platform/mikro-orm/statements.ts';

function invitations(dialect: Dialect): string[] {
  const { uuid, time } = COLUMN_TYPES[dialect];
  return [
    `create table invitations (
      id ${uuid} not null primary key,
      email text not null,
      email_key text not null constraint invitations_email_key_key unique,
      role text not null,
      invited_by ${uuid} not null references users (id) on delete cascade,
      token_hash text constraint invitations_token_hash_key unique,
      created_at ${time} not null,
      expires_at ${time} not null,
      version integer not null
    )`,
    'create index invitations_by_age on invitations (created_at desc, id desc)',
  ];
}

export const invitationsStep: SchemaStep = {
  name: '20261125021000_invitations',
  up: { sqlite: invitations('sqlite'), postgresql: invitations('postgresql') },
  down: { sqlite: ['drop table invitations'], postgresql: ['drop table invitations'] },
};

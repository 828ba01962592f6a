import { COLUMN_TYPES } from '../../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../../platform/mikro-orm/statements.ts';

function socketTickets(dialect: Dialect): string[] {
  const { uuid, time } = COLUMN_TYPES[dialect];
  return [
    `create table socket_tickets (
      id text not null primary key,
      user_id ${uuid} not null references users (id) on delete cascade,
      sealed_token text not null,
      created_at ${time} not null,
      expires_at ${time} not null,
      version integer not null
    )`,
    'create index socket_tickets_by_user on socket_tickets (user_id, created_at)',
    'create index socket_tickets_by_end on socket_tickets (expires_at)',
  ];
}

export const socketTicketsStep: SchemaStep = {
  name: '20261129010000_socket_tickets',
  up: { sqlite: socketTickets('sqlite'), postgresql: socketTickets('postgresql') },
  down: { sqlite: ['drop table socket_tickets'], postgresql: ['drop table socket_tickets'] },
};

import { COLUMN_TYPES } from '../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../platform/mikro-orm/statements.ts';

/**
 * Whoever lists rooms takes the first of the public ones and of each team's by an index in the list's order, and their own
 * by the index of their memberships. The index of public rooms has no others, so that nobody looks for private ones in it.
 */
function tables(dialect: Dialect): string[] {
  const { uuid, time, boolean } = COLUMN_TYPES[dialect];
  return [
    `create table rooms (
      id ${uuid} not null primary key,
      kind text not null,
      name text,
      team_id ${uuid},
      archived ${boolean} not null,
      seq integer not null,
      rev integer not null,
      direct_key text unique,
      created_by ${uuid} not null references users (id),
      created_at ${time} not null,
      updated_at ${time} not null,
      version integer not null
    )`,
    "create index rooms_public on rooms (kind, created_at desc, id desc) where kind = 'public'",
    'create index rooms_by_team on rooms (team_id, created_at desc, id desc)',
    'create index rooms_by_creator on rooms (created_by)',
    `create table room_members (
      id text not null primary key,
      room_id ${uuid} not null references rooms (id),
      user_id ${uuid} not null references users (id),
      created_at ${time} not null,
      version integer not null
    )`,
    'create index room_members_by_room on room_members (room_id)',
    'create index room_members_by_user on room_members (user_id, created_at desc, id desc, room_id)',
  ];
}

const DROP = ['drop table room_members', 'drop table rooms'];

export const chatSteps: readonly SchemaStep[] = [
  {
    name: '20261128230000_rooms',
    up: { sqlite: tables('sqlite'), postgresql: tables('postgresql') },
    down: { sqlite: DROP, postgresql: DROP },
  },
];

import { COLUMN_TYPES } from '../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../platform/mikro-orm/schema-step.ts';
import { SEARCH_VECTOR, searchIndex } from '../../../../platform/mikro-orm/search-index.ts';
import type { Dialect } from '../../../../platform/mikro-orm/statements.ts';

/**
 * Whoever lists rooms takes the first of the public ones and of each team's by an index in the list's order, and their own
 * by the index of their memberships. The index of public rooms has no others, so that nobody looks for private ones in it.
 */
function roomTables(dialect: Dialect): string[] {
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

/**
 * Whoever comes back reads the messages after a number, and the few earlier ones that were changed since, which have an index
 * of their own: most messages are never in it. Nobody sends two messages of one client id to one room.
 */
function messageTables(dialect: Dialect): string[] {
  const { uuid, time, boolean } = COLUMN_TYPES[dialect];
  const [first, id, last] =
    dialect === 'sqlite'
      ? ['seq integer not null primary key,', 'id text not null unique', '']
      : ['', `id ${uuid} not null primary key`, `${SEARCH_VECTOR},`];
  return [
    `create table messages (
      ${first}
      ${id},
      room_id ${uuid} not null references rooms (id),
      room_seq integer not null,
      room_rev integer not null,
      sent_rev integer not null,
      author_id ${uuid} not null references users (id),
      client_id text not null,
      text text not null,
      search_text text not null,
      ${last}
      sent_at ${time} not null,
      edited_at ${time},
      deleted ${boolean} not null,
      version integer not null
    )`,
    'create unique index messages_by_room on messages (room_id, room_seq)',
    'create unique index messages_by_client on messages (author_id, room_id, client_id)',
    'create index messages_by_author on messages (author_id, sent_at desc, id desc)',
    'create index messages_changed on messages (room_id, room_rev) where room_rev <> sent_rev',
    ...searchIndex[dialect]('messages'),
    `create table message_past_texts (
      id ${uuid} not null primary key,
      message_id ${uuid} not null references messages (id),
      text text not null,
      created_at ${time} not null,
      version integer not null
    )`,
    'create index message_past_texts_by_message on message_past_texts (message_id, created_at desc, id desc)',
    `create table read_marks (
      id text not null primary key,
      room_id ${uuid} not null references rooms (id),
      user_id ${uuid} not null references users (id),
      seq integer not null,
      updated_at ${time} not null,
      version integer not null
    )`,
    'create index read_marks_by_user on read_marks (user_id)',
  ];
}

const DROP = ['drop table room_members', 'drop table rooms'];

export const chatSteps: readonly SchemaStep[] = [
  {
    name: '20261128230000_rooms',
    up: { sqlite: roomTables('sqlite'), postgresql: roomTables('postgresql') },
    down: { sqlite: DROP, postgresql: DROP },
  },
  {
    name: '20261129020000_messages',
    up: { sqlite: messageTables('sqlite'), postgresql: messageTables('postgresql') },
    down: {
      sqlite: [
        'drop table read_marks',
        'drop table message_past_texts',
        'drop table messages_search',
        'drop table messages',
      ],
      postgresql: ['drop table read_marks', 'drop table message_past_texts', 'drop table messages'],
    },
  },
];

import type { Database } from '../../../../platform/mikro-orm/database.ts';
import { MikroOrmUnitOfWork } from '../../../../platform/mikro-orm/mikro-orm-unit-of-work.ts';
import { ReadModel } from '../../../../platform/mikro-orm/read-model.ts';
import { columnsOf } from '../../../../platform/mikro-orm/read-model-source.ts';
import type { SqlStorage } from '../../../../platform/storage.ts';
import {
  type ChatStorage,
  JOINED_ROOM_LIST,
  type JoinedRoomView,
  ROOM_LIST,
  type RoomView,
} from '../../application/ports.ts';
import { roomMemberId } from '../../domain/room-member.ts';
import { chatConstraints } from '../constraints.ts';
import { RoomMemberSchema, RoomSchema } from './chat-schemas.ts';
import { mikroOrmMessageReader, mikroOrmReadMarkReader } from './message-reader.ts';
import {
  MikroOrmMessageRepository,
  MikroOrmPastTextRepository,
  MikroOrmReadMarkRepository,
  MikroOrmRoomLogRepository,
  publishedPeople,
} from './message-repositories.ts';
import { mikroOrmChatDirectory } from './mikro-orm-chat-directory.ts';
import { MikroOrmRoomMemberRepository, MikroOrmRoomRepository } from './mikro-orm-repositories.ts';
import { roomPeople } from './room-people.ts';
import { ROOM_VISIBILITY } from './room-visibility.ts';

const ROOM_VIEW = [
  'id',
  'name',
  'kind',
  'teamId',
  'directKey',
  'archived',
  'seq',
  'rev',
  'createdBy',
  'createdAt',
  'updatedAt',
  'version',
] as const;

export function mikroOrmChat({ database }: SqlStorage): ChatStorage {
  const { dialect } = database.reader;
  const { rooms, joined, memberships } = readModelsOf(database);
  return {
    work: new MikroOrmUnitOfWork(
      database,
      transaction => ({
        rooms: new MikroOrmRoomRepository(transaction, dialect),
        members: new MikroOrmRoomMemberRepository(transaction, dialect),
        logs: new MikroOrmRoomLogRepository(transaction, dialect),
        messages: new MikroOrmMessageRepository(transaction, dialect),
        pastTexts: new MikroOrmPastTextRepository(transaction),
        readMarks: new MikroOrmReadMarkRepository(transaction),
        people: publishedPeople(transaction, dialect),
        events: transaction.events,
      }),
      chatConstraints,
    ),
    rooms: {
      find: id => rooms.findBy('id', id),
      list: query => rooms.list(query),
      joined: query => joined.list(query),
      people: roomPeople(database),
      isMember: async (id, person) =>
        (await memberships.findBy('id', roomMemberId(id, person))) !== undefined,
    },
    messages: mikroOrmMessageReader(database),
    readMarks: mikroOrmReadMarkReader(database),
    directory: mikroOrmChatDirectory(database),
  };
}

function readModelsOf({ reader }: Database) {
  const room = columnsOf(RoomSchema, ROOM_VIEW);
  const { id, roomId, userId, createdAt } = columnsOf(RoomMemberSchema, [
    'id',
    'roomId',
    'userId',
    'createdAt',
  ]);
  const rooms = new ReadModel<RoomView>(
    reader,
    {
      table: 'rooms',
      columns: room,
      visibility: ROOM_VISIBILITY,
    },
    ROOM_LIST,
  );
  const joined = new ReadModel<JoinedRoomView>(
    reader,
    {
      table: 'room_members',
      joins: [{ table: 'rooms', on: ['rooms.id', 'room_members.room_id'] }],
      columns: { ...room, id, roomId, memberId: userId, joinedAt: createdAt },
    },
    JOINED_ROOM_LIST,
  );
  const memberships = new ReadModel<{ readonly id: string }>(reader, {
    table: 'room_members',
    columns: { id },
  });
  return { rooms, joined, memberships };
}

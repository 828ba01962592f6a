import { type Expression, type SqlBool, sql } from 'kysely';
import type { UserId } from '../../../../kernel/principal.ts';
import type { Database } from '../../../../platform/mikro-orm/database.ts';
import { ReadModel } from '../../../../platform/mikro-orm/read-model.ts';
import {
  column,
  columnsOf,
  type ReadModelSource,
  rowReader,
  selectColumns,
} from '../../../../platform/mikro-orm/read-model-source.ts';
import { queryBuilder, slot } from '../../../../platform/mikro-orm/statements.ts';
import {
  MESSAGE_LIST,
  type MessageReader,
  type MessageView,
  PAST_TEXT_LIST,
  type PastTextView,
  type ReadMarkReader,
  type RoomPosition,
  type UnreadView,
} from '../../application/ports.ts';
import { MOST_UNREAD } from '../../domain/limits.ts';
import { RoomSchema } from './chat-schemas.ts';
import { idsIn } from './ids-in.ts';
import { STORED } from './message-repositories.ts';
import { MessageSchema, PastTextSchema } from './message-schemas.ts';
import { ROOM_VISIBILITY } from './room-visibility.ts';

const WRITTEN: ReadModelSource<MessageView> = {
  table: 'messages',
  columns: { ...columnsOf(MessageSchema, STORED), authorName: column('people.display_name') },
  joins: [{ table: 'people', on: ['people.id', 'messages.author_id'] }],
  search: { ftsTable: 'messages_search', rowId: 'messages.seq', vector: 'messages.search_vector' },
};

/** The same for those who see their rooms. */
const SEEN: ReadModelSource<MessageView> = {
  ...WRITTEN,
  seenThrough: { column: 'messages.room_id', table: 'rooms', visibility: ROOM_VISIBILITY },
};

const readMessage = rowReader(WRITTEN);

export function mikroOrmMessageReader({ reader }: Database): MessageReader {
  const written = new ReadModel(reader, WRITTEN, MESSAGE_LIST);
  const seen = new ReadModel(reader, SEEN, MESSAGE_LIST);
  const pastTexts = new ReadModel<PastTextView>(
    reader,
    {
      table: 'message_past_texts',
      columns: columnsOf(PastTextSchema, ['id', 'messageId', 'text', 'createdAt']),
    },
    PAST_TEXT_LIST,
  );
  const { after, before, changed } = partsOfRooms(reader);
  const { sentRev, positions } = placesOf(reader);
  return {
    find: id => written.findBy('id', id),
    list: query => seen.list(query),
    written: query => written.list(query),
    pastTexts: query => pastTexts.list(query),
    after: async (room, seq, limit) => (await after.all({ room, seq, limit })).map(readMessage),
    before: async (room, seq, limit) =>
      (await before.all({ room, seq: Math.min(seq, LAST), limit })).map(readMessage).reverse(),
    changed: async (room, upTo, since, limit) =>
      (await changed.all({ room, upTo, since, limit })).map(readMessage),
    async sentRev(room, seq) {
      const [row] = await sentRev.all({ room, seq });
      return row && Number(row[0]);
    },
    positions: async ids => (await positions.all({ ids: JSON.stringify(ids) })).map(readPosition),
  };
}

/** The greatest number that a column of numbers can hold. */
const LAST = 2_147_483_647;

/** A room's messages in an index's order. */
function partsOfRooms(reader: Database['reader']) {
  const part = (where: Expression<SqlBool>, by: string, direction: 'asc' | 'desc') =>
    reader.prepare(
      selectColumns(reader, WRITTEN)
        .where('messages.room_id', '=', slot<string>('room'))
        .where(where)
        .orderBy(by, direction)
        .limit(slot<number>('limit')),
    );
  return {
    after: part(sql<SqlBool>`messages.room_seq > ${slot('seq')}`, 'messages.room_seq', 'asc'),
    before: part(sql<SqlBool>`messages.room_seq < ${slot('seq')}`, 'messages.room_seq', 'desc'),
    changed: part(
      sql<SqlBool>`messages.room_rev > ${slot('since')} and messages.room_rev <> messages.sent_rev
        and messages.room_seq <= ${slot('upTo')}`,
      'messages.room_rev',
      'asc',
    ),
  };
}

function placesOf(reader: Database['reader']) {
  const { id, seq, rev } = columnsOf(RoomSchema, ['id', 'seq', 'rev']);
  const ids = idsIn(reader.dialect);
  const builder = queryBuilder(reader.dialect);
  return {
    sentRev: reader.prepare(
      builder
        .selectFrom('messages')
        .select('sent_rev')
        .where('room_id', '=', slot<string>('room'))
        .where('room_seq', '=', slot<number>('seq')),
    ),
    positions: reader.prepare(
      builder
        .selectFrom('rooms')
        .select([id, seq, rev].map(({ expression }) => expression))
        .where(sql<SqlBool>`id in ${ids}`),
    ),
  };
}

const readPosition = ([id, seq, rev]: readonly unknown[]): RoomPosition => ({
  id: id as string,
  seq: Number(seq),
  rev: Number(rev),
});

/** Rooms, of which the rest are not counted. */
const MOST_ROOMS_COUNTED = 1000;

export function mikroOrmReadMarkReader({ reader }: Database): ReadMarkReader {
  const person = slot<UserId>('person');
  const marked = sql`coalesce(read_marks.seq, 0)`;
  const unread = sql`(select count(*) from (select 1 from messages where messages.room_id = rooms.id
    and messages.room_seq > ${marked} and messages.author_id <> ${person} and not messages.deleted
    limit ${sql.lit(MOST_UNREAD)}) as unread)`;
  const own = sql`(select room_id from room_members where user_id = ${person} union
    select id from rooms where team_id in (select team_id from team_people where user_id = ${person}))`;
  const statement = reader.prepare(
    queryBuilder(reader.dialect)
      .selectFrom('rooms')
      .leftJoin('read_marks', join =>
        join.onRef('read_marks.room_id', '=', 'rooms.id').on('read_marks.user_id', '=', person),
      )
      .select(['rooms.id', 'rooms.seq'])
      .select([marked.as('read'), unread.as('unread')])
      .where(sql<SqlBool>`rooms.id in ${own}`)
      .orderBy('rooms.id', 'desc')
      .limit(sql.lit(MOST_ROOMS_COUNTED)),
  );
  return {
    unread: async userId => (await statement.all({ person: userId })).map(readUnread),
  };
}

const readUnread = ([roomId, seq, read, unread]: readonly unknown[]): UnreadView => ({
  roomId: roomId as string,
  seq: Number(seq),
  read: Number(read),
  unread: Number(unread),
});

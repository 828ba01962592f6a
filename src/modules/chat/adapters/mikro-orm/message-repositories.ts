import { columnsOf, rowReader } from '../../../../platform/mikro-orm/read-model-source.ts';
import type { Dialect } from '../../../../platform/mikro-orm/statements.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type {
  MessageRepository,
  PastTextRepository,
  PublishedPeople,
  ReadMarkRepository,
  RoomLogRepository,
  SentKey,
  StoredMessage,
} from '../../application/ports.ts';
import type { Message } from '../../domain/message.ts';
import type { PastText } from '../../domain/past-text.ts';
import { type ReadMark, readMarkId } from '../../domain/read-mark.ts';
import { RoomLog, type RoomLogRow } from '../../domain/room-log.ts';
import { RoomSchema } from './chat-schemas.ts';
import { MessageSchema, ReadMarkSchema } from './message-schemas.ts';

export const STORED = [
  'id',
  'roomId',
  'seq',
  'rev',
  'sentRev',
  'authorId',
  'clientId',
  'text',
  'sentAt',
  'editedAt',
  'deleted',
  'version',
] as const;

const stored = { table: 'messages', columns: columnsOf(MessageSchema, STORED) };
const log = {
  table: 'rooms',
  columns: columnsOf(RoomSchema, ['id', 'kind', 'teamId', 'archived', 'seq', 'rev']),
};
const shown = (columns: Readonly<Record<string, { readonly expression: string }>>) =>
  Object.values(columns)
    .map(({ expression }) => expression)
    .join(', ');

/** Statements about many rows at once, whose keys come as one value. PostgreSQL locks rooms in one order, whoever asks. */
const SQL = {
  sqlite: {
    lock: `select ${shown(log.columns)} from rooms where id in (select value from json_each(?))`,
    save: 'update rooms set seq = ?, rev = ? where id = ?',
    sent: `select ${shown(stored.columns)} from json_each(?) as sent cross join messages
      on author_id = sent.value ->> 0 and room_id = sent.value ->> 1 and client_id = sent.value ->> 2`,
    names: 'select id, display_name from people where id in (select value from json_each(?))',
    areOf: `select wanted.key from json_each(?) as wanted
      where exists (select 1 from team_people where user_id = wanted.value ->> 0 and team_id = wanted.value ->> 1)`,
  },
  postgresql: {
    lock: `select ${shown(log.columns)} from rooms where id in (select json_array_elements_text($1::json)::uuid)
      order by id for update`,
    save: `update rooms set seq = saved.seq, rev = saved.rev
      from json_to_recordset($1::json) as saved(id uuid, seq integer, rev integer) where rooms.id = saved.id`,
    // Each by the index: without statistics, as in the first minutes of a database, a join reads the table whole.
    sent: `select before.* from json_array_elements($1::json) as sent cross join lateral (
      select ${shown(stored.columns)} from messages where author_id = (sent ->> 0)::uuid
        and room_id = (sent ->> 1)::uuid and client_id = sent ->> 2 limit 1) as before`,
    names: `select id, display_name from people where id in (select json_array_elements_text($1::json)::uuid)`,
    areOf: `select wanted.place - 1 from json_array_elements($1::json) with ordinality as wanted(pair, place)
      where exists (select 1 from team_people
        where user_id = (wanted.pair ->> 0)::uuid and team_id = (wanted.pair ->> 1)::uuid)`,
  },
} as const;

export class MikroOrmRoomLogRepository implements RoomLogRepository {
  private readonly transaction: Transaction;
  private readonly dialect: Dialect;

  constructor(transaction: Transaction, dialect: Dialect) {
    this.transaction = transaction;
    this.dialect = dialect;
  }

  async lockAll(ids: readonly string[]): Promise<ReadonlyMap<string, RoomLog>> {
    const rows = await this.transaction.rows(SQL[this.dialect].lock, [JSON.stringify(ids)]);
    const logs = rows.map(row => new RoomLog(readLog(row)));
    return new Map(logs.map(each => [each.roomId, each]));
  }

  async saveAll(logs: readonly RoomLog[]): Promise<void> {
    const { save } = SQL[this.dialect];
    if (logs.length === 0) return;
    if (this.dialect === 'sqlite')
      for (const { roomId, seq, rev } of logs) await this.transaction.run('rooms', save, [seq, rev, roomId]);
    else {
      const rows = logs.map(({ roomId: id, seq, rev }) => ({ id, seq, rev }));
      await this.transaction.run('rooms', save, [JSON.stringify(rows)]);
    }
  }
}

const readLog = rowReader<RoomLogRow>(log);
const readStored = rowReader<StoredMessage>(stored);

export class MikroOrmMessageRepository implements MessageRepository {
  private readonly transaction: Transaction;
  private readonly dialect: Dialect;

  constructor(transaction: Transaction, dialect: Dialect) {
    this.transaction = transaction;
    this.dialect = dialect;
  }

  get(id: string): Promise<Message | undefined> {
    return this.transaction.find(MessageSchema, { id });
  }

  async sent(keys: readonly SentKey[]): Promise<readonly StoredMessage[]> {
    const wanted = keys.map(({ authorId, roomId, clientId }) => [authorId, roomId, clientId]);
    const rows = await this.transaction.rows(SQL[this.dialect].sent, [JSON.stringify(wanted)]);
    return rows.map(readStored);
  }

  addAll(messages: readonly Message[]): Promise<void> {
    return this.transaction.addAll(messages);
  }
}

export class MikroOrmPastTextRepository implements PastTextRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  add(text: PastText): Promise<void> {
    return this.transaction.add(text);
  }

  async removeAllOf(messageId: string): Promise<void> {
    await this.transaction.removeSome(
      'message_past_texts',
      { message_id: messageId },
      Number.MAX_SAFE_INTEGER,
    );
  }
}

export class MikroOrmReadMarkRepository implements ReadMarkRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(roomId: string, userId: string): Promise<ReadMark | undefined> {
    return this.transaction.find(ReadMarkSchema, { id: readMarkId(roomId, userId) });
  }

  add(mark: ReadMark): Promise<void> {
    return this.transaction.add(mark);
  }

  removeSomeOf(userId: string, limit: number): Promise<number> {
    return this.transaction.removeSome('read_marks', { user_id: userId }, limit);
  }
}

/** Read in the transaction: another connection may not be had before it ends. */
export function publishedPeople(transaction: Transaction, dialect: Dialect): PublishedPeople {
  const { names, areOf } = SQL[dialect];
  return {
    async names(ids) {
      const rows = await transaction.rows(names, [JSON.stringify(ids)]);
      return new Map(rows.map(([id, name]) => [id as string, name as string]));
    },
    async areOf(pairs) {
      if (pairs.length === 0) return [];
      const found = new Set(
        (await transaction.rows(areOf, [JSON.stringify(pairs)])).map(([index]) => Number(index)),
      );
      return pairs.map((_, index) => found.has(index));
    },
  };
}

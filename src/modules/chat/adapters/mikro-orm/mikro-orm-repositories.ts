import type { CompiledQuery } from 'kysely';
import { type Dialect, queryBuilder } from '../../../../platform/mikro-orm/statements.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type { RoomMemberRepository, RoomRepository } from '../../application/ports.ts';
import type { Room } from '../../domain/room.ts';
import { type RoomMember, roomMemberId } from '../../domain/room-member.ts';
import { RoomMemberSchema, RoomSchema } from './chat-schemas.ts';

/** Any number that nothing else in the database locks together with a second one. */
const ADVISORY_LOCK = 1_128_353_108;

export class MikroOrmRoomRepository implements RoomRepository {
  private readonly transaction: Transaction;
  private readonly dialect: Dialect;

  constructor(transaction: Transaction, dialect: Dialect) {
    this.transaction = transaction;
    this.dialect = dialect;
  }

  get(id: string): Promise<Room | undefined> {
    return this.transaction.find(RoomSchema, { id });
  }

  lock(id: string): Promise<Room | undefined> {
    return this.transaction.lock(RoomSchema, { id });
  }

  byDirectKey(directKey: string): Promise<Room | undefined> {
    return this.transaction.find(RoomSchema, { directKey });
  }

  /** On SQLite writers take turns anyway; on PostgreSQL those who count the same person's do. */
  async countMadeBy(userId: string): Promise<number> {
    if (this.dialect === 'postgresql')
      await this.transaction.query('select pg_advisory_xact_lock($1, hashtext($2))', [ADVISORY_LOCK, userId]);
    return count(this.transaction, counting('rooms', this.dialect).where('created_by', '=', userId));
  }

  add(room: Room): Promise<void> {
    return this.transaction.add(room);
  }
}

export class MikroOrmRoomMemberRepository implements RoomMemberRepository {
  private readonly transaction: Transaction;
  private readonly dialect: Dialect;

  constructor(transaction: Transaction, dialect: Dialect) {
    this.transaction = transaction;
    this.dialect = dialect;
  }

  get(roomId: string, userId: string): Promise<RoomMember | undefined> {
    return this.transaction.find(RoomMemberSchema, { id: roomMemberId(roomId, userId) });
  }

  async present(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const wanted =
      this.dialect === 'sqlite'
        ? 'select value from json_each(?)'
        : 'select json_array_elements_text($1::json)';
    const sql = `select id from room_members where id in (${wanted})`;
    const rows = await this.transaction.rows(sql, [JSON.stringify(ids)]);
    return new Set(rows.map(([id]) => id as string));
  }

  countIn(roomId: string): Promise<number> {
    return count(this.transaction, counting('room_members', this.dialect).where('room_id', '=', roomId));
  }

  add(member: RoomMember): Promise<void> {
    return this.transaction.add(member);
  }

  remove(member: RoomMember): Promise<void> {
    return this.transaction.remove(member);
  }

  removeSomeOf(userId: string, limit: number): Promise<number> {
    return this.transaction.removeSome('room_members', { user_id: userId }, limit);
  }
}

function counting(table: string, dialect: Dialect) {
  return queryBuilder(dialect)
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number>().as('count'));
}

async function count(transaction: Transaction, query: { compile(): CompiledQuery }): Promise<number> {
  const { sql, parameters } = query.compile();
  const [row] = await transaction.rows(sql, parameters);
  return Number(row?.[0]);
}

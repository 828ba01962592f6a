import { type Dialect, queryBuilder } from '../../../../platform/mikro-orm/statements.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type { SocketTicketRepository } from '../../application/ports.ts';
import type { SocketTicket } from '../../domain/socket-ticket.ts';
import { SocketTicketSchema } from './identity-schemas.ts';
import { sweepExpired } from './sweep-expired.ts';

/** More than anybody has. SQLite wants a limit where there is an offset. */
const ALL = 1000;

export class MikroOrmSocketTicketRepository implements SocketTicketRepository {
  private readonly transaction: Transaction;
  private readonly dialect: Dialect;

  constructor(transaction: Transaction, dialect: Dialect) {
    this.transaction = transaction;
    this.dialect = dialect;
  }

  get(id: string): Promise<SocketTicket | undefined> {
    return this.transaction.find(SocketTicketSchema, { id });
  }

  add(ticket: SocketTicket): Promise<void> {
    return this.transaction.add(ticket);
  }

  remove(ticket: SocketTicket): Promise<void> {
    return this.transaction.remove(ticket);
  }

  async keepNewestOf(userId: string, count: number): Promise<void> {
    const builder = queryBuilder(this.dialect);
    const old = builder
      .selectFrom('socket_tickets')
      .select('id')
      .where('user_id', '=', userId)
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(ALL)
      .offset(count);
    await this.transaction.execute(builder.deleteFrom('socket_tickets').where('id', 'in', old));
  }

  removeExpired(by: Date, limit: number): Promise<void> {
    return sweepExpired(this.transaction, this.dialect, { table: 'socket_tickets', by, limit });
  }
}

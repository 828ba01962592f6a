import type { UserId } from '../../../../kernel/principal.ts';
import type { SocketTicket } from '../../domain/socket-ticket.ts';

export interface SocketTicketRepository {
  get(hash: string): Promise<SocketTicket | undefined>;
  add(ticket: SocketTicket): Promise<void>;
  remove(ticket: SocketTicket): Promise<void>;
  /** Removes all of a person's but so many that were made last. */
  keepNewestOf(userId: UserId, count: number): Promise<void>;
  /** Removes at most so many of anybody's that have expired by then. */
  removeExpired(by: Date, limit: number): Promise<void>;
}

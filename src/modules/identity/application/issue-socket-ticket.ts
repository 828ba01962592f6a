import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { InvalidToken } from '../domain/session-errors.ts';
import { SOCKET_TICKET_LIFETIME, SocketTicket } from '../domain/socket-ticket.ts';
import type { IdentityWork, SocketTickets } from './ports.ts';

/** Tickets that one person may have which are good. */
const MOST = 20;

/** How many of those that have expired go when one is made: enough that none pile up, and never long. */
const SWEPT = 20;

export interface IssuedSocketTicket {
  readonly ticket: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/**
 * Makes a ticket for a WebSocket connection, for clients that can send neither a header nor a cookie with it.
 *
 * - It works once, for 30 seconds, and stands for the access token that asked for it: it is good for nothing once that is.
 * - Somebody has 20 at most; the oldest goes for one more.
 */
export class IssueSocketTicket {
  private readonly work: IdentityWork;
  private readonly tickets: SocketTickets;
  private readonly clock: Clock;

  constructor(work: IdentityWork, tickets: SocketTickets, clock: Clock) {
    this.work = work;
    this.tickets = tickets;
    this.clock = clock;
  }

  async execute(accessToken: string, by: Principal): Promise<IssuedSocketTicket> {
    requireScope(by, 'chat');
    const { ticket, hash } = this.tickets.create();
    const of = { userId: by.userId, sealedToken: this.tickets.seal(accessToken) };
    await this.work.run(
      async ({ users, socketTickets }) => {
        if (!(await users.lock(by.userId))) throw new InvalidToken();
        const now = this.clock.now();
        await socketTickets.keepNewestOf(by.userId, MOST - 1);
        await socketTickets.add(new SocketTicket(hash, of, now));
        // At last, so that who holds others' rows waits for nobody any more.
        await socketTickets.removeExpired(now, SWEPT);
      },
      { retry: true },
    );
    return { ticket, expiresIn: SOCKET_TICKET_LIFETIME };
  }
}

import type { Clock } from '../../../kernel/clock.ts';
import { InvalidTicket } from '../domain/session-errors.ts';
import type { IdentityWork, SocketTickets } from './ports.ts';

/**
 * Exchanges a ticket for the access token that it stands for, which whoever gets it has to verify.
 *
 * - It works once: of several who show it at the same time one gets the token.
 */
export class RedeemSocketTicket {
  private readonly work: IdentityWork;
  private readonly tickets: SocketTickets;
  private readonly clock: Clock;

  constructor(work: IdentityWork, tickets: SocketTickets, clock: Clock) {
    this.work = work;
    this.tickets = tickets;
    this.clock = clock;
  }

  /** @throws InvalidTicket */
  async execute(ticket: string): Promise<string> {
    const hash = this.tickets.hashOf(ticket);
    if (hash === undefined) throw new InvalidTicket();
    const shown = await this.work.run(
      async ({ socketTickets }) => {
        const found = await socketTickets.get(hash);
        if (found) await socketTickets.remove(found);
        return found;
      },
      { retry: true },
    );
    const accessToken = shown?.isGood(this.clock.now()) ? this.tickets.open(shown.sealedToken) : undefined;
    if (accessToken === undefined) throw new InvalidTicket();
    return accessToken;
  }
}

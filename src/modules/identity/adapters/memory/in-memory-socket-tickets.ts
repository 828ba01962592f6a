import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import type { SocketTicketRepository } from '../../application/ports.ts';
import type { SocketTicket } from '../../domain/socket-ticket.ts';

export class InMemorySocketTicketRepository implements SocketTicketRepository {
  private readonly tickets: CollectionDraft<SocketTicket>;

  constructor(tickets: CollectionDraft<SocketTicket>) {
    this.tickets = tickets;
  }

  get(hash: string): Promise<SocketTicket | undefined> {
    return this.tickets.get(hash);
  }

  add(ticket: SocketTicket): Promise<void> {
    return this.tickets.add(ticket);
  }

  remove(ticket: SocketTicket): Promise<void> {
    return this.tickets.remove(ticket);
  }

  async keepNewestOf(userId: string, count: number): Promise<void> {
    const own = await this.tickets.filter(ticket => ticket.userId === userId);
    for (const old of own.sort(newestFirst).slice(count)) await this.tickets.remove(old);
  }

  async removeExpired(by: Date, limit: number): Promise<void> {
    await this.tickets.removeSome(({ expiresAt }) => expiresAt < by, limit);
  }
}

function newestFirst(a: SocketTicket, b: SocketTicket): number {
  return b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1);
}

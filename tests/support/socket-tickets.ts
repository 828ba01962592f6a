import type { Application } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { EncryptedSocketTickets } from '../../src/modules/identity/adapters/crypto/encrypted-socket-tickets.ts';
import { IssueSocketTicket } from '../../src/modules/identity/application/issue-socket-ticket.ts';
import { RedeemSocketTicket } from '../../src/modules/identity/application/redeem-socket-ticket.ts';
import type { SocketTicket } from '../../src/modules/identity/domain/socket-ticket.ts';

/** The use cases of tickets on this application's adapters, and a look at what they keep. */
export function socketTickets(application: Application, secretKey = application.get(tokens.secretKey)) {
  const { work } = application.get(tokens.identityStorage);
  const clock = application.get(tokens.clock);
  const secrets = new EncryptedSocketTickets(secretKey);
  const kept = (ticket: string): Promise<SocketTicket | undefined> =>
    work.run(({ socketTickets: stored }) => stored.get(secrets.hashOf(ticket) ?? ''));
  return {
    secrets,
    issue: new IssueSocketTicket(work, secrets, clock),
    redeem: new RedeemSocketTicket(work, secrets, clock),
    kept,
    /** Which of them are still kept. */
    async left(tickets: readonly string[]): Promise<readonly string[]> {
      const found = await Promise.all(tickets.map(kept));
      return tickets.filter((_, number) => found[number] !== undefined);
    },
  };
}

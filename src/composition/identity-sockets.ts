import type { ContainerModuleLoadOptions } from 'inversify';
import { EncryptedSocketTickets } from '../modules/identity/adapters/crypto/encrypted-socket-tickets.ts';
import { SocketAuthenticator } from '../modules/identity/adapters/http/socket-authenticator.ts';
import { socketTicketEndpoints } from '../modules/identity/adapters/http/socket-ticket-endpoints.ts';
import { RevocationWatch } from '../modules/identity/adapters/revocation-watch.ts';
import { IssueSocketTicket } from '../modules/identity/application/issue-socket-ticket.ts';
import type { SocketTickets } from '../modules/identity/application/ports.ts';
import { RedeemSocketTicket } from '../modules/identity/application/redeem-socket-ticket.ts';
import type { Endpoint } from '../platform/http/endpoint.ts';
import { bind, bindClass, type Token, token } from './token.ts';
import { tokens } from './tokens.ts';

export const ticketEndpoints: Token<readonly Endpoint[]> = token('SocketTicketEndpoints');

const socketTickets = token<SocketTickets>('SocketTickets');
const watch = token<RevocationWatch>('Watch');

/** Who is at the other end of a socket, and until when. */
export function bindIdentitySockets(options: ContainerModuleLoadOptions): void {
  bindClass(options, socketTickets, EncryptedSocketTickets, [tokens.secretKey]);
  bind(
    options,
    ticketEndpoints,
    ({ work }, tickets, cookies, clock) =>
      socketTicketEndpoints(new IssueSocketTicket(work, tickets, clock), cookies),
    [tokens.identityStorage, socketTickets, tokens.sessionCookies, tokens.clock],
  );
  bind(
    options,
    tokens.socketAuthentication,
    (provider, { work }, tickets, cookies, sameSite, clock) =>
      new SocketAuthenticator(provider, new RedeemSocketTicket(work, tickets, clock), cookies, sameSite),
    [
      tokens.identityProvider,
      tokens.identityStorage,
      socketTickets,
      tokens.sessionCookies,
      tokens.sameSite,
      tokens.clock,
    ],
  );
  bindWatch(options);
}

/** One object: what works beside the requests, and whom others listen to. */
function bindWatch(options: ContainerModuleLoadOptions): void {
  bind(
    options,
    watch,
    ({ revocations }, verified, events, log) => new RevocationWatch(revocations, verified, events, log),
    [tokens.identityStorage, tokens.verifiedTokens, tokens.events, tokens.log],
  );
  bind(options, tokens.revocationWatch, present => present, [watch]);
  bind(options, tokens.accessWatch, present => present, [watch]);
}

import type { UserId } from '../../../kernel/principal.ts';

/** Seconds: as long as a client needs to open its socket. */
export const SOCKET_TICKET_LIFETIME = 30;

/** Lets one WebSocket connection in, as the access token with which it was asked for. It works once. */
export class SocketTicket {
  /** SHA-256 of the ticket. */
  readonly id: string;
  readonly userId: UserId;
  /** That access token, encrypted: who comes in with the ticket may do what it allows by then. */
  readonly sealedToken: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly version = 1;

  constructor(hash: string, of: { readonly userId: UserId; readonly sealedToken: string }, now: Date) {
    this.id = hash;
    this.userId = of.userId;
    this.sealedToken = of.sealedToken;
    this.createdAt = now;
    this.expiresAt = new Date(now.getTime() + SOCKET_TICKET_LIFETIME * 1000);
  }

  isGood(now: Date): boolean {
    return now < this.expiresAt;
  }
}

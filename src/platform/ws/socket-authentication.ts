import type { IncomingMessage } from 'node:http';
import type { Verified } from '../../kernel/principal.ts';

/** Who asks for a socket, and by what. */
export interface Admission extends Verified {
  /** A secret: what `reverify` wants to know whether they may still be there. */
  readonly token: string;
  readonly by: 'bearer' | 'ticket' | 'cookie';
}

/**
 * Finds out who is at the other end of a socket. What it throws are the errors of requests over HTTP, with the same statuses.
 */
export interface SocketAuthentication {
  /** Of the request for an upgrade. A ticket is used up by it, so this comes last of what may refuse the request. */
  authenticate(upgrade: Pick<IncomingMessage, 'headers' | 'url'>): Promise<Admission>;
  /** When the token ends, or anything of its person was revoked: a session may go on, with other scopes or as before. */
  reverify(token: string): Promise<Verified>;
}

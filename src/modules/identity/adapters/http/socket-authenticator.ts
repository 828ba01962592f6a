import type { IncomingMessage } from 'node:http';
import type { Verified } from '../../../../kernel/principal.ts';
import { RequestError } from '../../../../platform/http/problem.ts';
import type { Admission, SocketAuthentication } from '../../../../platform/ws/socket-authentication.ts';
import type { IdentityProvider } from '../../application/ports.ts';
import type { RedeemSocketTicket } from '../../application/redeem-socket-ticket.ts';
import type { SameSite } from './same-site.ts';
import type { SessionCookies } from './session-cookies.ts';
import { bearerToken } from './shown-token.ts';

type Upgrade = Pick<IncomingMessage, 'headers' | 'url'>;

type Shown = Pick<Admission, 'token' | 'by'>;

/**
 * Who asks for a socket: by a bearer token, else by a ticket in the query, else by the cookie of a browser's session. Browsers
 * send the cookie whichever page asks, and let it read what comes: so a page must say where it is from, and be of here.
 */
export class SocketAuthenticator implements SocketAuthentication {
  private readonly provider: IdentityProvider;
  private readonly redeem: RedeemSocketTicket;
  private readonly cookies: SessionCookies;
  private readonly sameSite: SameSite;

  constructor(
    provider: IdentityProvider,
    redeem: RedeemSocketTicket,
    cookies: SessionCookies,
    sameSite: SameSite,
  ) {
    this.provider = provider;
    this.redeem = redeem;
    this.cookies = cookies;
    this.sameSite = sameSite;
  }

  /** @throws InvalidToken, InvalidTicket, InactiveUser, CrossSiteRequest, ProviderUnavailable, RequestError */
  async authenticate(upgrade: Upgrade): Promise<Admission> {
    const { token, by } = await this.shownBy(upgrade);
    return { ...(await this.provider.verify(token)), token, by };
  }

  /** @throws InvalidToken, InactiveUser, ProviderUnavailable */
  reverify(token: string): Promise<Verified> {
    return this.provider.verify(token);
  }

  private async shownBy({ headers, url = '' }: Upgrade): Promise<Shown> {
    const bearer = bearerToken(headers);
    if (bearer !== undefined) return { token: bearer, by: 'bearer' };
    const ticket = ticketIn(url);
    if (ticket !== null) return { token: await this.redeem.execute(ticket), by: 'ticket' };
    const { access } = this.cookies.read(headers);
    if (access === undefined)
      throw new RequestError(
        'request.unauthenticated',
        'Send an access token (Authorization: Bearer <token>), or ask for a ticket and add it to the address: ?ticket=<ticket>',
      );
    this.sameSite.requireOrigin(headers);
    return { token: access, by: 'cookie' };
  }
}

/** The first, where there are several. */
function ticketIn(url: string): string | null {
  const query = url.indexOf('?');
  return query < 0 ? null : new URLSearchParams(url.slice(query)).get('ticket');
}

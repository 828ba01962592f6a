import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { TokenSet } from '../../application/ports.ts';

export interface SessionCookieOptions {
  readonly secure: boolean;
  /** Seconds that the browser keeps an unused session. */
  readonly refreshLifetime: number;
  /** Seconds that a session lasts at most. */
  readonly longest: number;
}

/**
 * A browser's session: both tokens in cookies that no script can read (RFC 6265bis). Over https their names begin with
 * `__Host-`, so that no other host and no page without https can set them.
 */
export class SessionCookies {
  readonly accessName: string;
  private readonly refreshName: string;
  private readonly secure: boolean;
  private readonly refreshLifetime: number;
  private readonly longest: number;

  constructor({ secure, refreshLifetime, longest }: SessionCookieOptions) {
    const prefix = secure ? '__Host-' : '';
    this.accessName = `${prefix}atrium_access`;
    this.refreshName = `${prefix}atrium_refresh`;
    this.secure = secure;
    this.refreshLifetime = refreshLifetime;
    this.longest = longest;
  }

  read({ cookie = '' }: IncomingHttpHeaders): { readonly access?: string; readonly refresh?: string } {
    if (cookie === '') return {};
    const { [this.accessName]: access, [this.refreshName]: refresh } = parseCookie(cookie);
    return { ...(access && { access }), ...(refresh && { refresh }) };
  }

  /** The `Set-Cookie` headers that begin or go on with a session. */
  keep({ accessToken, refreshToken, expiresIn }: TokenSet): readonly string[] {
    return [
      this.cookie(this.accessName, accessToken, expiresIn),
      this.cookie(this.refreshName, refreshToken, this.refreshLifetime),
    ];
  }

  /** The same for a session whose one token says nothing by itself, and is good for as long as the server says. */
  keepOpaque(token: string): readonly string[] {
    return [this.cookie(this.accessName, token, this.longest), this.cookie(this.refreshName, '', 0)];
  }

  /** Those that end it. */
  drop(): readonly string[] {
    return [this.cookie(this.accessName, '', 0), this.cookie(this.refreshName, '', 0)];
  }

  private cookie(name: string, value: string, maxAge: number): string {
    const { secure } = this;
    return stringifySetCookie({ name, value, maxAge, path: '/', httpOnly: true, secure, sameSite: 'lax' });
  }
}

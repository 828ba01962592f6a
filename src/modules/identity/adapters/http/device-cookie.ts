import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';

/** Seconds: 400 days, the longest that browsers keep a cookie (RFC 6265bis, section 5.5). */
const LIFETIME = 34_560_000;

/** By what a device is known again, in a cookie that no script can read. It outlives the session, and begins none. */
export class DeviceCookie {
  private readonly name: string;
  private readonly secure: boolean;

  constructor({ secure }: { readonly secure: boolean }) {
    this.name = `${secure ? '__Host-' : ''}atrium_device`;
    this.secure = secure;
  }

  read({ cookie = '' }: IncomingHttpHeaders): readonly string[] {
    return parseCookie(cookie)[this.name]?.split('.') ?? [];
  }

  /** The `Set-Cookie` header; none where there is nothing to keep. */
  keep(tokens: readonly string[] = []): readonly string[] {
    if (tokens.length === 0) return [];
    const { name, secure } = this;
    const value = tokens.join('.');
    const attributes = { maxAge: LIFETIME, path: '/', httpOnly: true, secure, sameSite: 'lax' } as const;
    return [stringifySetCookie({ name, value, ...attributes })];
  }
}

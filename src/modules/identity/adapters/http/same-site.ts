import type { IncomingHttpHeaders } from 'node:http';
import { CrossSiteRequest } from '../../domain/session-errors.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what another site makes a browser send along with our cookies. Browsers say where a request comes from
 * (https://www.w3.org/TR/fetch-metadata/, RFC 6454); what says nothing is no browser of today, and brings no cookies that
 * it did not get by signing in.
 */
export class SameSite {
  private readonly origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.origins = new Set(origins.filter(origin => origin !== '').map(origin => new URL(origin).origin));
  }

  /** @throws CrossSiteRequest */
  require(method: string, headers: IncomingHttpHeaders): void {
    if (!SAFE.has(method) && !this.allows(headers)) throw new CrossSiteRequest();
  }

  /** Of what is no page but a socket: it must say where it comes from, which every browser does. @throws CrossSiteRequest */
  requireOrigin(headers: IncomingHttpHeaders): void {
    const { 'sec-fetch-site': site, origin } = headers;
    const isHere = origin !== undefined && (site === 'same-origin' || this.origins.has(origin));
    if (!isHere) throw new CrossSiteRequest();
  }

  /** Whether it does not come from another site. */
  allows({ 'sec-fetch-site': site, origin }: IncomingHttpHeaders): boolean {
    if (site === undefined && origin === undefined) return true;
    if (site === 'same-origin' || site === 'none') return true;
    return origin !== undefined && this.origins.has(origin);
  }
}

import type { IncomingHttpHeaders } from 'node:http';
import { RequestError } from '../../../../platform/http/problem.ts';
import type { SessionCookies } from './session-cookies.ts';

export interface ShownToken {
  readonly token: string;
  readonly by: 'bearer' | 'cookie';
}

/**
 * The access token that a request shows: a bearer token (RFC 6750, section 2.1), else the cookie of a browser's session.
 * @throws RequestError where the header is of another kind
 */
export function shownToken(headers: IncomingHttpHeaders, cookies: SessionCookies): ShownToken | undefined {
  const token = bearerToken(headers);
  if (token !== undefined) return { token, by: 'bearer' };
  const { access } = cookies.read(headers);
  return access === undefined ? undefined : { token: access, by: 'cookie' };
}

/** @throws RequestError where the header is of another kind */
export function bearerToken({ authorization = '' }: IncomingHttpHeaders): string | undefined {
  if (authorization === '') return undefined;
  if (authorization.slice(0, 7).toLowerCase() !== 'bearer ')
    throw new RequestError('request.unauthenticated', 'The Authorization header must be: Bearer <token>');
  return authorization.slice(7).trim();
}

export function nothingShown(): RequestError {
  return new RequestError('request.unauthenticated', 'Send an access token: Authorization: Bearer <token>');
}

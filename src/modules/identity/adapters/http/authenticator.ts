import { RequestError } from '../../../../platform/http/problem.ts';
import type { Authenticate } from '../../../../platform/http/serve-endpoint.ts';
import type { IdentityProvider } from '../../application/ports.ts';
import type { SameSite } from './same-site.ts';
import type { SessionCookies } from './session-cookies.ts';

/** Who sends a request: by a bearer token (RFC 6750, section 2.1), else by the cookie of a browser's session. */
export function authenticator(
  provider: IdentityProvider,
  cookies: SessionCookies,
  sameSite: SameSite,
): Authenticate {
  return async (method, headers) => {
    const { authorization = '' } = headers;
    if (authorization !== '') return (await provider.verify(bearerToken(authorization))).principal;
    const { access } = cookies.read(headers);
    if (access === undefined)
      throw new RequestError(
        'request.unauthenticated',
        'Send an access token: Authorization: Bearer <token>',
      );
    sameSite.require(method, headers);
    return (await provider.verify(access)).principal;
  };
}

function bearerToken(authorization: string): string {
  if (authorization.slice(0, 7).toLowerCase() !== 'bearer ')
    throw new RequestError('request.unauthenticated', 'The Authorization header must be: Bearer <token>');
  return authorization.slice(7).trim();
}

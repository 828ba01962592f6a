import type { Authenticate } from '../../../../platform/http/serve-endpoint.ts';
import type { IdentityProvider } from '../../application/ports.ts';
import type { SameSite } from './same-site.ts';
import type { SessionCookies } from './session-cookies.ts';
import { nothingShown, shownToken } from './shown-token.ts';

/** Who sends a request. What comes by a cookie may come from another site. */
export function authenticator(
  provider: IdentityProvider,
  cookies: SessionCookies,
  sameSite: SameSite,
): Authenticate {
  return async (method, headers) => {
    const shown = shownToken(headers, cookies);
    if (!shown) throw nothingShown();
    if (shown.by === 'cookie') sameSite.require(method, headers);
    const { principal } = await provider.verify(shown.token);
    return principal;
  };
}

import { type Endpoint, ok } from '../../../../platform/http/endpoint.ts';
import type { IntrospectToken } from '../../application/introspect-token.ts';
import type { IdentityProvider } from '../../application/ports.ts';
import type { DeviceCookie } from './device-cookie.ts';
import { grantRequestOf } from './grant-request.ts';
import { endpoint } from './identity-problems.ts';
import { oauthProblems } from './oauth-problems.ts';
import type { SameSite } from './same-site.ts';
import {
  Introspection,
  presentIntrospection,
  presentTokens,
  TokenInQuestion,
  TokenRequest,
  Tokens,
} from './token-representation.ts';

export interface TokenParts {
  readonly provider: IdentityProvider;
  readonly introspect: IntrospectToken;
  readonly devices: DeviceCookie;
  readonly sameSite: SameSite;
}

/** RFC 6749, section 5.1, wants it beside `Cache-Control` of whatever carries tokens: for caches of HTTP/1.0. */
const NEVER_KEPT = { Pragma: 'no-cache' };

export function tokenEndpoints({ provider, introspect, devices, sameSite }: TokenParts): readonly Endpoint[] {
  return [
    endpoint({
      name: 'issueTokens',
      method: 'POST',
      path: '/auth/token',
      sensitive: true,
      summary: 'Signs in, or renews a sign-in',
      description:
        'RFC 6749, sections 4.3 and 6. The refresh token works once: every answer brings its successor. A used one ends its session, except that the last one before gets the same successor again for 10 seconds (a setting). A client that keeps cookies gets one with a password by which its device is known again. Errors have the form of RFC 6749, with the members of a problem beside it.',
      body: TokenRequest,
      bodyType: 'form',
      returns: { 200: Tokens },
      problems: [
        'identity.invalid_grant',
        'identity.invalid_scope',
        'identity.unsupported_grant_type',
        'identity.too_many_attempts',
      ],
      problemFormat: oauthProblems,
      cache: 'no-store',
      async handle({ body, address, headers }) {
        // A page of another site could use up its visitor's attempts, or have the device forgotten.
        const isOwn = sameSite.allows(headers);
        const deviceTokens = isOwn ? devices.read(headers) : [];
        const tokens = await provider.grant(grantRequestOf(body, { address, deviceTokens }));
        const cookies = isOwn ? devices.keep(tokens.deviceTokens) : [];
        return { ...ok(presentTokens(tokens)), headers: { ...NEVER_KEPT, 'Set-Cookie': cookies } };
      },
    }),
    endpoint({
      name: 'revokeToken',
      method: 'POST',
      path: '/auth/revoke',
      summary: 'Signs out',
      description:
        'RFC 7009. Either token of a session ends it, and with it all its tokens; a personal access token is deleted. A token that is none is answered alike.',
      body: TokenInQuestion,
      bodyType: 'form',
      returns: { 200: null },
      problems: [],
      problemFormat: oauthProblems,
      cache: 'no-store',
      async handle({ body }) {
        await provider.revoke(body.token);
        return { status: 200 };
      },
    }),
    endpoint({
      name: 'introspectToken',
      method: 'POST',
      path: '/auth/introspect',
      summary: 'Says what a token is good for',
      description:
        'RFC 7662, for resource servers: of access, refresh and personal access tokens. Of the latter, `sid` is left out, and `exp` where they have no end. A token that is not good now is only said to be inactive.',
      scope: 'users:admin',
      body: TokenInQuestion,
      bodyType: 'form',
      returns: { 200: Introspection },
      problems: [],
      problemFormat: oauthProblems,
      cache: 'no-store',
      async handle({ body, principal }) {
        return ok(presentIntrospection(await introspect.execute(body.token, principal)));
      },
    }),
  ];
}

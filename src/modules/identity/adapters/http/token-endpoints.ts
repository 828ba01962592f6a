import { type Endpoint, ok } from '../../../../platform/http/endpoint.ts';
import type { IntrospectToken } from '../../application/introspect-token.ts';
import type { IdentityProvider } from '../../application/ports.ts';
import { grantRequestOf } from './grant-request.ts';
import { endpoint } from './identity-problems.ts';
import { oauthProblems } from './oauth-problems.ts';
import {
  Introspection,
  presentIntrospection,
  presentTokens,
  TokenInQuestion,
  TokenRequest,
  Tokens,
} from './token-representation.ts';

export interface TokenUseCases {
  readonly provider: IdentityProvider;
  readonly introspect: IntrospectToken;
}

export function tokenEndpoints({ provider, introspect }: TokenUseCases): readonly Endpoint[] {
  return [
    endpoint({
      name: 'issueTokens',
      method: 'POST',
      path: '/auth/token',
      sensitive: true,
      summary: 'Signs in, or renews a sign-in',
      description:
        'RFC 6749, sections 4.3 and 6. The refresh token works once: every answer brings its successor. A used one ends its session, except that the last one before gets the same successor again for 10 seconds (a setting). Errors have the form of RFC 6749, with the members of a problem beside it.',
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
      async handle({ body, address }) {
        return ok(presentTokens(await provider.grant(grantRequestOf(body, address))));
      },
    }),
    endpoint({
      name: 'revokeToken',
      method: 'POST',
      path: '/auth/revoke',
      summary: 'Signs out',
      description:
        'RFC 7009. Either token ends its session, and with it all its tokens. A token that is none is answered alike.',
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

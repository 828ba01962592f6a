import { created, type Endpoint, noContent } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { IdParams } from '../../../../platform/http/schemas.ts';
import type { CreateAccessToken } from '../../application/create-access-token.ts';
import type { DeleteAccessToken } from '../../application/delete-access-token.ts';
import type { ListAccessTokens } from '../../application/list-access-tokens.ts';
import { ACCESS_TOKEN_LIST } from '../../application/ports.ts';
import {
  AccessToken,
  CreatedAccessToken,
  NewAccessToken,
  presentAccessToken,
} from './access-token-representation.ts';
import { endpoint } from './identity-problems.ts';

export interface AccessTokenUseCases {
  readonly create: CreateAccessToken;
  readonly list: ListAccessTokens;
  readonly remove: DeleteAccessToken;
}

export function accessTokenEndpoints({ create, list, remove }: AccessTokenUseCases): readonly Endpoint[] {
  return [
    endpoint({
      name: 'listAccessTokens',
      method: 'GET',
      path: '/auth/access-tokens',
      summary: 'Lists your personal access tokens',
      scope: 'profile',
      query: listQuery(ACCESS_TOKEN_LIST, {}),
      returns: { 200: pageOf(AccessToken, 'PageOfAccessTokens') },
      problems: ['identity.personal_token_refused'],
      cache: 'private',
      async handle({ query, url, principal }) {
        const asked = toListQuery(ACCESS_TOKEN_LIST, query);
        return pageReply(await list.execute(asked, principal), presentAccessToken, asked, url);
      },
    }),
    endpoint({
      name: 'createAccessToken',
      method: 'POST',
      path: '/auth/access-tokens',
      summary: 'Makes a personal access token for a program that acts for you',
      description:
        'Wants the current password or a sign-in of the last 10 minutes. The token is shown this once.',
      scope: 'profile',
      body: NewAccessToken,
      returns: { 201: CreatedAccessToken },
      problems: [
        'identity.invalid_scope',
        'identity.expiry_in_the_past',
        'identity.too_many_access_tokens',
        'identity.personal_token_refused',
        'identity.wrong_password',
        'identity.sign_in_too_old',
        'identity.too_many_attempts',
      ],
      cache: 'no-store',
      async handle({ body, principal }) {
        const { name, scope = '', expires_at: expiresAt, current_password: currentPassword } = body;
        const scopes = scope.split(' ').filter(part => part !== '');
        const expiry = expiresAt ? new Date(expiresAt) : null;
        const command = { name, scopes, expiresAt: expiry, currentPassword };
        const { accessToken, token } = await create.execute(command, principal);
        return created(`/auth/access-tokens/${accessToken.id}`, {
          ...presentAccessToken(accessToken),
          token,
        });
      },
    }),
    endpoint({
      name: 'deleteAccessToken',
      method: 'DELETE',
      path: '/auth/access-tokens/:id',
      summary: 'Deletes one of your personal access tokens',
      description: 'It is refused at once, everywhere.',
      scope: 'profile',
      params: IdParams,
      returns: { 204: null },
      problems: ['identity.access_token_not_found', 'identity.personal_token_refused'],
      cache: 'no-store',
      async handle({ params, principal }) {
        await remove.execute(params.id, principal);
        return noContent();
      },
    }),
  ];
}

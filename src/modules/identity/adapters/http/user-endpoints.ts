import Type from 'typebox';
import { type Endpoint, ok } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { IdParams } from '../../../../platform/http/schemas.ts';
import type { ChangeUser } from '../../application/change-user.ts';
import { USER_LIST } from '../../application/ports.ts';
import type { ReadUsers } from '../../application/read-users.ts';
import { endpoint } from './identity-problems.ts';
import { presentUser, RoleName, User, UserPatch } from './identity-representation.ts';

export interface UserUseCases {
  readonly read: ReadUsers;
  readonly change: ChangeUser;
}

export function userEndpoints({ read, change }: UserUseCases): readonly Endpoint[] {
  return [
    endpoint({
      name: 'listUsers',
      method: 'GET',
      path: '/users',
      summary: 'Lists all accounts',
      scope: 'users:admin',
      query: listQuery(USER_LIST, { role: RoleName, is_active: Type.Boolean() }),
      returns: { 200: pageOf(User, 'PageOfUsers') },
      problems: [],
      cache: 'private',
      async handle({ query, url, principal }) {
        const asked = toListQuery(USER_LIST, query);
        return pageReply(await read.list(asked, principal), presentUser, asked, url);
      },
    }),
    endpoint({
      name: 'readUser',
      method: 'GET',
      path: '/users/:id',
      summary: 'Shows an account',
      scope: 'users:admin',
      params: IdParams,
      returns: { 200: User },
      problems: ['identity.user_not_found'],
      cache: 'private',
      async handle({ params, principal }) {
        const user = await read.one(params.id, principal);
        return ok(presentUser(user), user.version);
      },
    }),
    endpoint({
      name: 'changeUser',
      method: 'PATCH',
      path: '/users/:id',
      summary: 'Changes what somebody may do',
      description:
        'A JSON merge patch (RFC 7396). It takes effect at once, and a deactivation ends all sessions. Nobody changes their own role, or gives or takes one that allows more than theirs, and the last administrator stays one.',
      scope: 'users:admin',
      params: IdParams,
      body: UserPatch,
      returns: { 200: User },
      problems: [
        'identity.user_not_found',
        'identity.own_access',
        'identity.last_administrator',
        'identity.role_unknown',
        'identity.role_beyond_own',
      ],
      cache: 'private',
      async handle({ params, body: { role, is_active: isActive }, expectedVersion, principal }) {
        const command = { userId: params.id, change: { role, isActive }, expectedVersion };
        return ok(presentUser(await change.execute(command, principal)));
      },
    }),
  ];
}

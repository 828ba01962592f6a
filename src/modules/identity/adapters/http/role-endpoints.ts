import Type from 'typebox';
import { SCOPES } from '../../../../kernel/principal.ts';
import { created, type Endpoint, noContent, ok } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import type { CreateRole } from '../../application/create-role.ts';
import type { DeleteRole } from '../../application/delete-role.ts';
import { ROLE_LIST, type RoleView } from '../../application/ports.ts';
import type { ReadRoles } from '../../application/read-roles.ts';
import type { ReplaceRole } from '../../application/replace-role.ts';
import { BUILT_IN, scopesOf } from '../../domain/role.ts';
import { endpoint } from './identity-problems.ts';
import { RoleName } from './identity-representation.ts';

export interface RoleUseCases {
  readonly read: ReadRoles;
  readonly create: CreateRole;
  readonly replace: ReplaceRole;
  readonly remove: DeleteRole;
}

const scopes = Type.Array(Type.Union(SCOPES.map(scope => Type.Literal(scope))), {
  minItems: 1,
  uniqueItems: true,
  examples: [['profile', 'posts:write']],
});

const NewRole = Type.Object({ name: RoleName, scopes }, { title: 'NewRole', additionalProperties: false });
const RoleContent = Type.Object({ scopes }, { title: 'RoleContent', additionalProperties: false });

const Role = Type.Object(
  {
    name: RoleName,
    scopes,
    built_in: Type.Boolean({ description: 'Whether it is always there' }),
  },
  { title: 'Role', additionalProperties: false },
);

const NameParams = Type.Object({ name: RoleName });

const presentRole = (role: RoleView) => ({
  name: role.id,
  scopes: [...scopesOf(role)],
  built_in: BUILT_IN.has(role.id),
});

export function roleEndpoints({ read, create, replace, remove }: RoleUseCases): readonly Endpoint[] {
  return [
    endpoint({
      name: 'listRoles',
      method: 'GET',
      path: '/roles',
      summary: 'Lists the roles',
      scope: 'roles:admin',
      query: listQuery(ROLE_LIST, {}),
      returns: { 200: pageOf(Role, 'PageOfRoles') },
      problems: [],
      cache: 'private',
      async handle({ query, url, principal }) {
        const asked = toListQuery(ROLE_LIST, query);
        return pageReply(await read.list(asked, principal), presentRole, asked, url);
      },
    }),
    endpoint({
      name: 'createRole',
      method: 'POST',
      path: '/roles',
      summary: 'Makes a role',
      description: 'A name, and what those who have it may do: at most what your own role allows.',
      scope: 'roles:admin',
      body: NewRole,
      returns: { 201: Role },
      problems: ['identity.role_taken', 'identity.role_beyond_own', 'identity.too_many_roles'],
      cache: 'private',
      async handle({ body, principal }) {
        const role = await create.execute(body, principal);
        return created(`/roles/${role.id}`, presentRole(role));
      },
    }),
    endpoint({
      name: 'readRole',
      method: 'GET',
      path: '/roles/:name',
      summary: 'Shows a role',
      scope: 'roles:admin',
      params: NameParams,
      returns: { 200: Role },
      problems: ['identity.role_not_found'],
      cache: 'private',
      async handle({ params, principal }) {
        const role = await read.one(params.name, principal);
        return ok(presentRole(role), role.version);
      },
    }),
    endpoint({
      name: 'replaceRole',
      method: 'PUT',
      path: '/roles/:name',
      summary: 'Changes what a role allows',
      description:
        'At once, for tokens that are out too. Nobody changes a role that they have, or one that allows more than theirs; `admin` always allows everything.',
      scope: 'roles:admin',
      params: NameParams,
      body: RoleContent,
      returns: { 200: Role },
      problems: [
        'identity.role_not_found',
        'identity.role_built_in',
        'identity.role_beyond_own',
        'identity.own_access',
      ],
      cache: 'private',
      async handle({ params: { name }, body: { scopes }, expectedVersion, principal }) {
        return ok(presentRole(await replace.execute({ name, scopes, expectedVersion }, principal)));
      },
    }),
    endpoint({
      name: 'deleteRole',
      method: 'DELETE',
      path: '/roles/:name',
      summary: 'Deletes a role that nobody has',
      scope: 'roles:admin',
      params: NameParams,
      returns: { 204: null },
      problems: [
        'identity.role_not_found',
        'identity.role_built_in',
        'identity.role_beyond_own',
        'identity.role_in_use',
      ],
      cache: 'private',
      async handle({ params: { name }, expectedVersion, principal }) {
        await remove.execute({ name, expectedVersion }, principal);
        return noContent();
      },
    }),
  ];
}

import type { Principal, Scope } from '../../../kernel/principal.ts';
import { type Role, type RoleName, scopesOf } from '../domain/role.ts';
import { RoleBeyondOwn } from '../domain/role-errors.ts';
import type { RoleRepository } from './ports.ts';

/**
 * Who administers people or roles gives and takes no more than they have themselves, or they would have somebody else do
 * what they may not do. What counts is their role, and not how much of it their token carries.
 * @throws RoleBeyondOwn
 */
export async function requireWithinOwn(
  scopes: Iterable<Scope>,
  by: Principal,
  roles: RoleRepository,
): Promise<void> {
  const own = (await Promise.all(by.roles.map(name => roles.get(name)))).filter(isThere);
  const allowed = new Set(own.flatMap(role => [...scopesOf(role)]));
  for (const scope of scopes) if (!allowed.has(scope)) throw new RoleBeyondOwn();
}

/** The same of all that a role allows; one that is none any more allows nothing. @throws RoleBeyondOwn */
export async function requireRoleWithinOwn(
  name: RoleName,
  by: Principal,
  roles: RoleRepository,
): Promise<void> {
  const role = await roles.get(name);
  if (role) await requireWithinOwn(scopesOf(role), by, roles);
}

function isThere(role: Role | undefined): role is Role {
  return role !== undefined;
}

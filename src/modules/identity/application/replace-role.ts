import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope, type Scope } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { OwnAccess } from '../domain/account-errors.ts';
import { ADMIN, type RoleName, scopesOf } from '../domain/role.ts';
import { RoleBuiltIn, RoleNotFound } from '../domain/role-errors.ts';
import { done } from './audit.ts';
import type { IdentityWork, RoleView } from './ports.ts';
import { revokeAccess } from './revoke-access.ts';
import { requireWithinOwn } from './role-reach.ts';

export interface ReplaceRoleCommand {
  readonly name: RoleName;
  readonly scopes: readonly Scope[];
  readonly expectedVersion: number | undefined;
}

/**
 * Changes what those who have a role may do, at once for tokens that are out.
 *
 * - Only administrators of roles; nobody changes a role that they have themselves.
 * - Neither what it allowed nor what it will allow is more than their own role allows.
 * - The role "admin" always allows everything.
 */
export class ReplaceRole {
  private readonly work: IdentityWork;
  private readonly clock: Clock;

  constructor(work: IdentityWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute({ name, scopes, expectedVersion }: ReplaceRoleCommand, by: Principal): Promise<RoleView> {
    requireScope(by, 'roles:admin');
    return this.work.run(
      async repositories => {
        const { roles, audit } = repositories;
        const role = await roles.lock(name);
        if (!role) throw new RoleNotFound();
        requireVersion(role, expectedVersion);
        if (name === ADMIN) throw new RoleBuiltIn();
        if (by.roles.includes(name)) throw new OwnAccess();
        await requireWithinOwn([...scopesOf(role), ...scopes], by, roles);
        const now = this.clock.now();
        role.change(scopes, now);
        await revokeAccess({ userId: null, sessionId: null }, repositories, now);
        await audit.add(done('role.changed', by, null, { role: name, scope: role.scope }), now);
        return role;
      },
      { retry: expectedVersion === undefined },
    );
  }
}

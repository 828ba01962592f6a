import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope, type Scope } from '../../../kernel/principal.ts';
import { Role, type RoleName } from '../domain/role.ts';
import { TooManyRoles } from '../domain/role-errors.ts';
import { done } from './audit.ts';
import type { IdentityWork, RoleView } from './ports.ts';
import { requireWithinOwn } from './role-reach.ts';

/** Roles that there may be: few enough to choose from. */
const MOST = 100;

/**
 * Makes a role: a name, and what those who have it may do.
 *
 * - Only administrators of roles, and it allows no more than their own role does.
 * - No two roles have one name.
 */
export class CreateRole {
  private readonly work: IdentityWork;
  private readonly clock: Clock;

  constructor(work: IdentityWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute(
    { name, scopes }: { readonly name: RoleName; readonly scopes: readonly Scope[] },
    by: Principal,
  ): Promise<RoleView> {
    requireScope(by, 'roles:admin');
    const role = new Role(name, scopes, this.clock.now());
    await this.work.run(async ({ roles, audit }) => {
      await requireWithinOwn(scopes, by, roles);
      if ((await roles.count()) >= MOST) throw new TooManyRoles(MOST);
      await roles.add(role);
      await audit.add(done('role.created', by, null, { role: role.id, scope: role.scope }), role.createdAt);
    });
    return role;
  }
}

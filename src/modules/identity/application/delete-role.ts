import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { BUILT_IN, type RoleName, scopesOf } from '../domain/role.ts';
import { RoleBuiltIn, RoleInUse, RoleNotFound } from '../domain/role-errors.ts';
import { done } from './audit.ts';
import type { IdentityWork } from './ports.ts';
import { requireWithinOwn } from './role-reach.ts';

/**
 * Deletes a role.
 *
 * - Only administrators of roles, and none that allows more than their own.
 * - Nobody has it any more, and it is not built in.
 */
export class DeleteRole {
  private readonly work: IdentityWork;
  private readonly clock: Clock;

  constructor(work: IdentityWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute(
    { name, expectedVersion }: { readonly name: RoleName; readonly expectedVersion: number | undefined },
    by: Principal,
  ): Promise<void> {
    requireScope(by, 'roles:admin');
    await this.work.run(
      async ({ roles, users, audit }) => {
        const role = await roles.lock(name);
        if (!role) throw new RoleNotFound();
        requireVersion(role, expectedVersion);
        if (BUILT_IN.has(name)) throw new RoleBuiltIn();
        await requireWithinOwn(scopesOf(role), by, roles);
        if (await users.anyHas(name)) throw new RoleInUse();
        await roles.remove(role);
        await audit.add(done('role.deleted', by, null, { role: name }), this.clock.now());
      },
      { retry: expectedVersion === undefined },
    );
  }
}

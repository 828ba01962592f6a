import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope, type UserId } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { OwnAccess, UserNotFound } from '../domain/account-errors.ts';
import { ManagedByProvider } from '../domain/provider-errors.ts';
import { ADMIN, type RoleName, scopesOf } from '../domain/role.ts';
import { UnknownRole } from '../domain/role-errors.ts';
import { done } from './audit.ts';
import { requireAnotherAdministrator } from './last-administrator.ts';
import type { IdentityRepositories, IdentityWork, UserView } from './ports.ts';
import { endAllSessions, revokeAccess } from './revoke-access.ts';
import { requireWithinOwn } from './role-reach.ts';

export interface ChangeUserCommand {
  readonly userId: UserId;
  /** What is left out stays as it is. */
  readonly change: { readonly role?: RoleName | undefined; readonly isActive?: boolean | undefined };
  readonly expectedVersion: number | undefined;
}

/**
 * Changes what somebody may do.
 *
 * - Only administrators of users, and nobody changes their own role or deactivates themselves.
 * - The role exists, and neither it nor the one before allows more than their own.
 * - The last active administrator can neither be deactivated nor get another role.
 * - It takes effect at once; a deactivation ends all sessions.
 * - Where another server keeps the accounts, roles are given there.
 */
export class ChangeUser {
  private readonly work: IdentityWork;
  /** Another server's address. */
  private readonly rolesAt: string | undefined;
  private readonly clock: Clock;

  constructor(work: IdentityWork, { rolesAt }: { readonly rolesAt?: string | undefined }, clock: Clock) {
    this.work = work;
    this.rolesAt = rolesAt;
    this.clock = clock;
  }

  async execute({ userId, change, expectedVersion }: ChangeUserCommand, by: Principal): Promise<UserView> {
    requireScope(by, 'users:admin');
    return this.work.run(
      async repositories => {
        const administrators = await repositories.users.lockAdministrators();
        const user = await repositories.users.lock(userId);
        if (!user) throw new UserNotFound();
        requireVersion(user, expectedVersion);
        const { role = user.role, isActive = user.isActive } = change;
        if (role === user.role && isActive === user.isActive) return user;
        if (user.id === by.userId) throw new OwnAccess();
        if (this.rolesAt !== undefined && role !== user.role) throw new ManagedByProvider(this.rolesAt);
        await this.requireReach(user.role, role, by, repositories);
        const staysOne = role === ADMIN && isActive;
        if (!staysOne) requireAnotherAdministrator(user, administrators);
        const now = this.clock.now();
        user.changeAccess({ role, isActive }, now);
        const details = { role, is_active: isActive };
        await repositories.audit.add(done('user.changed', by, user.id, details), now);
        if (isActive) await revokeAccess({ userId: user.id, sessionId: null }, repositories, now);
        else await endAllSessions(user.id, repositories, now);
        return user;
      },
      { retry: expectedVersion === undefined },
    );
  }

  /** The role is locked, so that it is not deleted before somebody has it. */
  private async requireReach(
    before: RoleName,
    after: RoleName,
    by: Principal,
    { roles }: IdentityRepositories,
  ): Promise<void> {
    const role = await roles.lock(after);
    if (!role) throw new UnknownRole();
    const present = await roles.get(before);
    const taken = present ? scopesOf(present) : [];
    await requireWithinOwn([...taken, ...scopesOf(role)], by, roles);
  }
}

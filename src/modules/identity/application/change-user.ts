import type { Clock } from '../../../kernel/clock.ts';
import { VersionMismatch } from '../../../kernel/errors.ts';
import { type Principal, requireScope, type UserId } from '../../../kernel/principal.ts';
import { OwnAccess, UserNotFound } from '../domain/account-errors.ts';
import type { RoleName } from '../domain/role.ts';
import { done } from './audit.ts';
import { requireAnotherAdministrator } from './last-administrator.ts';
import type { IdentityWork, UserView } from './ports.ts';
import { endAllSessions, revokeAccess } from './revoke-access.ts';

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
 * - The last active administrator can neither be deactivated nor get another role.
 * - It takes effect at once; a deactivation ends all sessions.
 */
export class ChangeUser {
  private readonly work: IdentityWork;
  private readonly clock: Clock;

  constructor(work: IdentityWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute({ userId, change, expectedVersion }: ChangeUserCommand, by: Principal): Promise<UserView> {
    requireScope(by, 'users:admin');
    return this.work.run(
      async repositories => {
        const administrators = await repositories.users.lockAdministrators();
        const user = await repositories.users.lock(userId);
        if (!user) throw new UserNotFound();
        if (expectedVersion !== undefined && user.version !== expectedVersion) throw new VersionMismatch();
        const { role = user.role, isActive = user.isActive } = change;
        if (role === user.role && isActive === user.isActive) return user;
        if (user.id === by.userId) throw new OwnAccess();
        const staysOne = role === 'admin' && isActive;
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
}

import { LastAdministrator } from '../domain/account-errors.ts';
import { ADMIN } from '../domain/role.ts';
import type { User } from '../domain/user.ts';

/**
 * Makes sure that this user can stop being an active administrator. `administrators` are all that there are, locked.
 * @throws LastAdministrator
 */
export function requireAnotherAdministrator(user: User, administrators: readonly User[]): void {
  if (user.role !== ADMIN || !user.isActive) return;
  const others = administrators.filter(other => other.isActive && other.id !== user.id);
  if (others.length === 0) throw new LastAdministrator();
}

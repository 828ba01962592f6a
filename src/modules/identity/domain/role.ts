import { SCOPES, type Scope } from '../../../kernel/principal.ts';

export type RoleName = 'member' | 'admin';

/** The built-in roles: a member may do everything that is not administration. */
const ROLES: Readonly<Record<RoleName, ReadonlySet<Scope>>> = {
  member: new Set(SCOPES.filter(scope => !scope.includes('admin'))),
  admin: new Set(SCOPES),
};

export function scopesOf(role: RoleName): ReadonlySet<Scope> {
  return ROLES[role];
}

/**
 * The scopes that a token gets (RFC 6749, section 3.3): what was asked for, at most what the role allows; all
 * of that when nothing was asked for. Empty when the role allows none of what was asked for.
 */
export function grantedScopes(role: RoleName, requested: readonly string[]): Scope[] {
  const allowed = [...scopesOf(role)];
  return requested.length === 0 ? allowed : allowed.filter(scope => requested.includes(scope));
}

import { SCOPES, type Scope } from '../../../kernel/principal.ts';
import { InvalidRoleName } from './role-errors.ts';

/** A role is known by its name. */
export type RoleName = string;

export const ROLE_NAME_PATTERN = '^[a-z][a-z0-9_-]{1,31}$';

/** What everybody has who was not given another role. */
export const MEMBER = 'member';

/** It always allows everything, so that there is somebody who can repair whatever the others may not. */
export const ADMIN = 'admin';

export const BUILT_IN: ReadonlySet<RoleName> = new Set([MEMBER, ADMIN]);

const ALL: ReadonlySet<Scope> = new Set(SCOPES);
const NOT_ADMINISTRATION: ReadonlySet<Scope> = new Set(SCOPES.filter(scope => !scope.includes('admin')));
const NAME = new RegExp(ROLE_NAME_PATTERN);

/** A name, and what those who have it may do. */
export class Role {
  /** Its name. */
  readonly id: RoleName;
  /** Parted by blanks. Null in a built-in role that is as it was built in, so that a new scope reaches it. */
  scope: string | null;
  readonly createdAt: Date;
  updatedAt: Date;
  readonly version = 1;

  /** @throws InvalidRoleName */
  constructor(name: RoleName, scopes: readonly Scope[] | null, now: Date) {
    if (!NAME.test(name)) throw new InvalidRoleName();
    this.id = name;
    this.scope = scopes && textOf(scopes);
    this.createdAt = now;
    this.updatedAt = now;
  }

  change(scopes: readonly Scope[], now: Date): void {
    this.scope = textOf(scopes);
    this.updatedAt = now;
  }
}

/** What a role allows. */
export function scopesOf({ id, scope }: Pick<Role, 'id' | 'scope'>): ReadonlySet<Scope> {
  if (id === ADMIN) return ALL;
  if (scope === null) return NOT_ADMINISTRATION;
  const listed = new Set(scope.split(' '));
  return new Set(SCOPES.filter(known => listed.has(known)));
}

/**
 * The scopes that a token gets (RFC 6749, section 3.3): what was asked for, at most what the role allows; all
 * of that when nothing was asked for. Empty when the role allows none of what was asked for.
 */
export function grantedScopes(allowed: ReadonlySet<Scope>, requested: readonly string[]): Scope[] {
  return [...allowed].filter(scope => requested.length === 0 || requested.includes(scope));
}

/** What a token carries, at most what the role allows by now. */
export function allowedScopes(
  carried: readonly string[],
  role: Pick<Role, 'id' | 'scope'>,
): ReadonlySet<Scope> {
  const wanted = new Set(carried);
  return new Set([...scopesOf(role)].filter(scope => wanted.has(scope)));
}

/** In the order of `SCOPES`, each once. */
function textOf(scopes: readonly Scope[]): string {
  return SCOPES.filter(known => scopes.includes(known)).join(' ');
}

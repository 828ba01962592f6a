import { DomainError } from '../../../kernel/errors.ts';

export class InvalidRoleName extends DomainError {
  readonly code = 'identity.role_name_invalid';
  override readonly field = 'name';

  constructor() {
    super('A role is called by 2 to 32 characters of a-z, 0-9, "_" and "-", a letter first.');
  }
}

export class RoleNotFound extends DomainError {
  readonly code = 'identity.role_not_found';

  constructor() {
    super('There is no such role.');
  }
}

/** The role that somebody was to have is none. */
export class UnknownRole extends DomainError {
  readonly code = 'identity.role_unknown';
  override readonly field = 'role';

  constructor() {
    super('There is no such role.');
  }
}

export class RoleTaken extends DomainError {
  readonly code = 'identity.role_taken';
  override readonly field = 'name';

  constructor(options?: ErrorOptions) {
    super('There is a role of this name already.', options);
  }
}

export class RoleInUse extends DomainError {
  readonly code = 'identity.role_in_use';

  constructor() {
    super('Somebody has this role. Give them another first.');
  }
}

export class RoleBuiltIn extends DomainError {
  readonly code = 'identity.role_built_in';

  constructor() {
    super('The role "admin" always allows everything, and neither it nor "member" can be deleted.');
  }
}

export class TooManyRoles extends DomainError {
  readonly code = 'identity.too_many_roles';

  constructor(most: number) {
    super(`There cannot be more than ${most} roles. Delete one that nobody has.`);
  }
}

/** Otherwise whoever administers people could have somebody else do what they may not do themselves. */
export class RoleBeyondOwn extends DomainError {
  readonly code = 'identity.role_beyond_own';

  constructor() {
    super('The role allows more than yours. Ask somebody who may do all of it.');
  }
}

export type RoleErrorCode = (
  | InvalidRoleName
  | RoleNotFound
  | UnknownRole
  | RoleTaken
  | RoleInUse
  | RoleBuiltIn
  | TooManyRoles
  | RoleBeyondOwn
)['code'];

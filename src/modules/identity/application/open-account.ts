import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import {
  normalisePassword,
  type PasswordPolicy,
  requireAcceptablePassword,
} from '../domain/password-policy.ts';
import type { RoleName } from '../domain/role.ts';
import { User } from '../domain/user.ts';
import type { PasswordHasher } from './ports.ts';

export interface AccountRequest {
  readonly email: string;
  readonly password: string;
  readonly username?: string | undefined;
  readonly fullName?: string | undefined;
  /** Where it is asked from. */
  readonly address?: string | undefined;
}

/** Makes a user out of what a person asked for; every way to an account goes through here. */
export class OpenAccount {
  private readonly policy: PasswordPolicy;
  private readonly hasher: PasswordHasher;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(policy: PasswordPolicy, hasher: PasswordHasher, ids: Ids, clock: Clock) {
    this.policy = policy;
    this.hasher = hasher;
    this.ids = ids;
    this.clock = clock;
  }

  /** @throws InvalidEmail, InvalidUsername, InvalidPassword, InvalidText */
  async prepare(request: AccountRequest, role: RoleName): Promise<User> {
    const { email, password, username = null, fullName = null } = request;
    await requireAcceptablePassword(password, { email, username }, this.policy);
    const passwordHash = await this.hasher.hash(normalisePassword(password));
    return new User(this.ids.next(), { email, username, fullName, role, passwordHash }, this.clock.now());
  }
}

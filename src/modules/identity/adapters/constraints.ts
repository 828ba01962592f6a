import { VersionMismatch } from '../../../kernel/errors.ts';
import type { ConstraintErrors } from '../../../platform/unique-violation.ts';
import { EmailTaken, SetupFinished, UsernameTaken } from '../domain/account-errors.ts';
import { RoleTaken } from '../domain/role-errors.ts';

/** What a broken unique constraint of this context means, whichever storage reports it. */
export const identityConstraints: ConstraintErrors = {
  users_email_key_key: options => new EmailTaken(options),
  users_username_key: options => new UsernameTaken(options),
  roles_pkey: options => new RoleTaken(options),
  /** Somebody else invites the same address at the same moment. */
  invitations_email_key_key: options => new VersionMismatch(options),
  /** Another process sees the same person, or takes the same notice, at the same moment. */
  provider_accounts_pkey: options => new VersionMismatch(options),
  provider_logouts_pkey: options => new VersionMismatch(options),
  setups_pkey: options => new SetupFinished(options),
};

import { VersionMismatch } from '../../../kernel/errors.ts';
import type { ConstraintErrors } from '../../../platform/unique-violation.ts';

/** Somebody else does the same at the same moment. What a broken constraint means, whichever storage reports it. */
export const chatConstraints: ConstraintErrors = {
  rooms_direct_key_key: options => new VersionMismatch(options),
  room_members_pkey: options => new VersionMismatch(options),
  read_marks_pkey: options => new VersionMismatch(options),
};

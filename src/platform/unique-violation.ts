import type { DomainError } from '../kernel/errors.ts';

/** A unique constraint did not hold: what every storage's unit of work makes of its driver's own error. */
export class UniqueViolation extends Error {
  readonly constraint: string;

  constructor(constraint: string, options?: ErrorOptions) {
    super(`The unique constraint ${constraint} does not hold.`, options);
    this.constraint = constraint;
  }
}

/** What a broken unique constraint means, by the constraint's name: declared once for all storages of a context. */
export type ConstraintErrors = Readonly<Record<string, (options: ErrorOptions) => DomainError>>;

/** The domain's error for a broken constraint, or the error itself if the context does not expect it. */
export function meaningOf(error: unknown, constraints: ConstraintErrors): unknown {
  if (!(error instanceof UniqueViolation)) return error;
  return constraints[error.constraint]?.({ cause: error }) ?? error;
}

import { DomainError } from '../../../kernel/errors.ts';

/** Also what the owner of another operation learns about it: nothing. */
export class OperationNotFound extends DomainError {
  readonly code = 'operations.not_found';

  constructor() {
    super('There is no such operation in your journal.');
  }
}

export class InvalidQuantity extends DomainError {
  readonly code = 'operations.invalid_quantity';
  override readonly field = 'quantity';

  constructor() {
    super('It must be a plain decimal number of at most 38 digits, 18 of them after the point.');
  }
}

export class InvalidDate extends DomainError {
  readonly code = 'operations.invalid_date';
  override readonly field = 'date';

  constructor() {
    super('It must be a time of the years 1 to 9999.');
  }
}

/** Each holds lines in memory or in storage until it is finished. */
export class TooManyImports extends DomainError {
  readonly code = 'operations.too_many_imports';
  /** Seconds. */
  readonly retryAfter = 30;

  constructor(most: number) {
    super(`You have ${most} imports under way already. Wait until one of them is finished.`);
  }
}

/** It was too long without a sign of life, or its owner has left. */
export class ImportAbandoned extends DomainError {
  readonly code = 'operations.import_abandoned';

  constructor() {
    super('The import was given up, and nothing of it is kept. Upload the file again.');
  }
}

export type OperationErrorCode = (
  | OperationNotFound
  | InvalidQuantity
  | InvalidDate
  | TooManyImports
  | ImportAbandoned
)['code'];

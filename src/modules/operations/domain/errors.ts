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

export type OperationErrorCode = (OperationNotFound | InvalidQuantity | InvalidDate)['code'];

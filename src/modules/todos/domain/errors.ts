import { DomainError } from '../../../kernel/errors.ts';

/** Also what the owner of another to-do learns about it: nothing. */
export class TodoNotFound extends DomainError {
  readonly code = 'todos.not_found';

  constructor() {
    super('There is no such to-do on your list.');
  }
}

export type TodoErrorCode = TodoNotFound['code'];

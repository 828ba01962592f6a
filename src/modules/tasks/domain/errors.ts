import { DomainError } from '../../../kernel/errors.ts';

/** Also what those learn about a task who may not see it: nothing. */
export class TaskNotFound extends DomainError {
  readonly code = 'tasks.not_found';

  constructor() {
    super('There is no such task among those that you may see.');
  }
}

/** Whoever sees a task may read it; its assignee may say whether it is done; the rest is its author's. */
export class NotTaskAuthor extends DomainError {
  readonly code = 'tasks.not_author';

  constructor() {
    super('Only its author can change or delete a task, and its assignee can complete it.');
  }
}

export class BlankTitle extends DomainError {
  readonly code = 'tasks.title_blank';
  override readonly field = 'title';

  constructor() {
    super('It must have something else than blanks.');
  }
}

export class DueInThePast extends DomainError {
  readonly code = 'tasks.due_in_the_past';
  override readonly field = 'due_date';

  constructor() {
    super('A new task cannot be due in the past.');
  }
}

export class UnknownAssignee extends DomainError {
  readonly code = 'tasks.unknown_assignee';
  override readonly field = 'assignee_id';

  constructor() {
    super('There is no account with this id.');
  }
}

export class UnknownTeam extends DomainError {
  readonly code = 'tasks.unknown_team';
  override readonly field = 'team_id';

  constructor() {
    super('There is no team with this id.');
  }
}

export type TaskErrorCode = (
  | TaskNotFound
  | NotTaskAuthor
  | BlankTitle
  | DueInThePast
  | UnknownAssignee
  | UnknownTeam
)['code'];

import { DomainError } from '../../../kernel/errors.ts';

export class PostNotFound extends DomainError {
  readonly code = 'posts.not_found';

  constructor() {
    super('There is no such post.');
  }
}

export class NotPostAuthor extends DomainError {
  readonly code = 'posts.not_author';

  constructor() {
    super('Only its author can change a post.');
  }
}

export type PostErrorCode = (PostNotFound | NotPostAuthor)['code'];

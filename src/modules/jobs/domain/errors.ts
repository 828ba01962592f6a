import { DomainError } from '../../../kernel/errors.ts';

/** Also what is said of the jobs of others, and of those that nobody owns. */
export class JobNotFound extends DomainError {
  readonly code = 'jobs.not_found';

  constructor() {
    super('You have no such job, or it has been too long.');
  }
}

export type JobErrorCode = JobNotFound['code'];

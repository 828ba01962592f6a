/**
 * Something to be done later. It is plain JSON: what is not a string, number, boolean, null, list or plain object does
 * not survive. Each context declares its own.
 */
export interface Job {
  readonly type: `${string}.${string}`;
}

/** Where a unit of work leaves jobs: they are there once the work has been committed, and never otherwise. */
export interface JobQueue {
  /** It is done as soon as may be, or after `notBefore`. */
  enqueue<J extends Job>(job: J, options?: { readonly notBefore?: Date }): Promise<void>;
}

/**
 * Does one type of job. A job is done at least once, so doing it twice must do no harm. What throws is tried again, later
 * and later, until it is given up and kept as dead.
 */
export interface JobHandler<J extends Job = Job> {
  readonly type: J['type'];
  /** `signal` is aborted when the time for it is over. */
  handle(job: J, signal: AbortSignal): Promise<void>;
}

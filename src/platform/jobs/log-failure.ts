import type { Log } from '../logging/log.ts';
import { MAX_ATTEMPTS } from './job-policy.ts';

export interface FailedAttempt {
  readonly err: unknown;
  readonly job: string;
  readonly type: string;
  /** From 1. */
  readonly attempt: number;
}

export function logFailure(log: Log, failed: FailedAttempt): void {
  if (failed.attempt >= MAX_ATTEMPTS) log.error(failed, 'A job has failed for the last time');
  else log.warn(failed, 'A job has failed and will be tried again');
}

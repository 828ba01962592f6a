import type { Clock } from '../../../kernel/clock.ts';
import { removeAll } from '../../../kernel/remove-all.ts';
import type { JobStorage } from './ports.ts';

/** Days. */
const KEPT = 30;

/** Removes what is kept of jobs 30 days after the last that was heard of them, a few at a time. */
export class RemoveOldJobs {
  private readonly jobs: JobStorage;
  private readonly clock: Clock;

  constructor(jobs: JobStorage, clock: Clock) {
    this.jobs = jobs;
    this.clock = clock;
  }

  execute(signal: AbortSignal): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT * 86_400_000);
    return removeAll(limit => this.jobs.removeSomeBefore(before, limit), signal);
  }
}

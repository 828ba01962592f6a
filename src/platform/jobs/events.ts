import type { IntegrationEvent } from '../../kernel/events.ts';

/** There is something to do. */
export interface JobsEnqueued extends IntegrationEvent {
  readonly type: 'platform.jobs_enqueued';
}

export const JOBS_ENQUEUED: JobsEnqueued = { type: 'platform.jobs_enqueued' };

import Type from 'typebox';
import { JOB_STATES, type JobRecord } from '../../kernel/jobs.ts';
import { nullable, Timestamp, Uuid } from './schemas.ts';
import { timestamp } from './timestamp.ts';

const count = Type.Integer({ minimum: 0, examples: [3] });

export const Job = Type.Object(
  {
    id: Uuid,
    type: Type.String({ examples: ['operations.import'] }),
    state: Type.Union(
      JOB_STATES.map(state => Type.Literal(state)),
      { description: '`dead`: it has failed for the last time.', examples: ['running'] },
    ),
    progress: nullable(Type.Object({ done: count, total: count }, { additionalProperties: false })),
    attempts: Type.Integer({ minimum: 0, description: 'Those that were begun', examples: [1] }),
    last_error: nullable(
      Type.String({
        description: 'Why the last attempt that failed did',
        examples: ['An attempt was broken off.'],
      }),
    ),
    result: nullable(
      Type.Object({}, { additionalProperties: true, description: 'What came of it, by its type' }),
    ),
    created_at: Timestamp,
    updated_at: Timestamp,
  },
  { title: 'Job', additionalProperties: false },
);

export const presentJob = (job: JobRecord) => ({
  id: job.id,
  type: job.type,
  state: job.state,
  progress: job.done === null || job.total === null ? null : { done: job.done, total: job.total },
  attempts: job.attempts,
  last_error: job.lastError,
  result: job.result,
  created_at: timestamp(job.createdAt),
  updated_at: timestamp(job.updatedAt),
});

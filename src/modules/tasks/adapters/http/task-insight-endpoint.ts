import Type from 'typebox';
import { type Endpoint, endpointsThrowing, ok } from '../../../../platform/http/endpoint.ts';
import { IdParams } from '../../../../platform/http/schemas.ts';
import { INSIGHT_FAILURES } from '../../application/ports.ts';
import type { Insight, ReadTaskInsights } from '../../application/read-task-insights.ts';
import type { TaskErrorCode } from '../../domain/errors.ts';
import { presentTask, Task } from './task-representation.ts';

const TaskInsight = Type.Object(
  {
    source: Type.String({ description: 'The name that it is configured with', examples: ['weather'] }),
    status: Type.Union([Type.Literal('ok'), Type.Literal('timeout'), Type.Literal('error')], {
      examples: ['ok'],
    }),
    took_ms: Type.Integer({ minimum: 0, examples: [120] }),
    data: Type.Optional(
      Type.Unknown({
        description: 'What it says, any JSON; only if it is `ok`',
        examples: [{ celsius: 21 }],
      }),
    ),
    reason: Type.Optional(
      Type.Union(
        INSIGHT_FAILURES.map(reason => Type.Literal(reason)),
        { description: 'Why it says nothing; only if it is not `ok`' },
      ),
    ),
  },
  { title: 'TaskInsight', additionalProperties: false },
);

const TaskInsights = Type.Object(
  { task: Task, insights: Type.Array(TaskInsight) },
  { title: 'TaskInsights', additionalProperties: false },
);

const presentInsight = (insight: Insight) => {
  const asked = { source: insight.source, took_ms: Math.round(insight.took) };
  if ('data' in insight) return { ...asked, status: 'ok', data: insight.data };
  const { failure: reason } = insight;
  return { ...asked, status: reason === 'timeout' ? 'timeout' : 'error', reason };
};

export function taskInsightEndpoint(read: ReadTaskInsights): Endpoint<TaskErrorCode> {
  return endpointsThrowing<TaskErrorCode>()({
    name: 'readTaskInsights',
    method: 'GET',
    path: '/tasks/:id/insights',
    summary: 'Shows a task with what others say about it',
    description:
      'Asks every configured source at once, and answers in the time of the slowest, which each has a limit for. A source that fails is named with the reason, and the others answer all the same.',
    scope: 'tasks',
    params: IdParams,
    returns: { 200: TaskInsights },
    problems: ['tasks.not_found'],
    cache: 'private',
    untagged: true,
    async handle({ params, signal, traceparent, principal }) {
      const { task, insights } = await read.execute(params.id, { signal, traceparent }, principal);
      return ok({ task: presentTask(task), insights: insights.map(presentInsight) });
    },
  });
}

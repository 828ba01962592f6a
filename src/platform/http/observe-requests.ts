import type { Context, Middleware } from 'koa';
import type { Log } from '../logging/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { RequestState } from './answer-problems.ts';
import { contextOf, requestContext } from './request-context.ts';

/** Gives each request its id and trace, and says afterwards what became of it: one log line, one measurement. */
export function observeRequests(log: Log, metrics: Metrics): Middleware {
  return async (context, next) => {
    const started = performance.now();
    const request = contextOf(context.get('X-Request-Id'), context.get('traceparent'));
    const state = context.state as RequestState;
    state.request = request;
    context.set('X-Request-Id', request.requestId);
    await requestContext.run(request, next);
    context.res.once('close', () => {
      const seconds = (performance.now() - started) / 1000;
      measure(metrics, state, context.status, seconds);
      if (log.isLevelEnabled('info')) requestContext.run(request, () => logRequest(log, context, seconds));
    });
  };
}

function measure(metrics: Metrics, { endpoint }: RequestState, status: number, seconds: number): void {
  metrics.requestDuration.observe({ endpoint: endpoint?.name ?? 'none', status }, seconds);
  if (status === 500) metrics.unexpectedErrors.inc();
}

/** The path without its query: a query may carry what is nobody's business. */
function logRequest(log: Log, context: Context, seconds: number): void {
  const { method, path, status } = context;
  log.info(
    { method, path, status, ms: Math.round(seconds * 1e6) / 1e3, address: context.ip },
    `${method} ${path} ${status}`,
  );
}

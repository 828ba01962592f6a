import type { Context, Middleware } from 'koa';
import type { Log } from '../logging/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { RequestState } from './answer-problems.ts';
import { contextOf, requestContext } from './request-context.ts';

/** Seconds. A request that took longer is worth a warning. */
const SLOW = 1;

/** Gives each request its id and trace, and afterwards measures it and says what became of it. */
export function observeRequests(log: Log, metrics: Metrics): Middleware {
  return (context, next) => {
    const started = performance.now();
    const { req, res } = context;
    const request = contextOf(req.headers['x-request-id'], req.headers.traceparent);
    const state = context.state as RequestState;
    state.request = request;
    res.setHeader('X-Request-Id', request.requestId);
    res.once('close', () => {
      const seconds = (performance.now() - started) / 1000;
      metrics.requests.observe(state.endpoint?.name ?? 'none', res.statusCode, seconds);
      const level = seconds > SLOW ? 'warn' : 'debug';
      if (log.isLevelEnabled(level))
        requestContext.run(request, () => logRequest(log, level, context, seconds));
    });
    return requestContext.run(request, next);
  };
}

/** The path without its query: a query may carry what is nobody's business. */
function logRequest(log: Log, level: 'warn' | 'debug', context: Context, seconds: number): void {
  const { method, path, status } = context;
  const fields = { method, path, status, ms: Math.round(seconds * 1e6) / 1e3, address: context.ip };
  log[level](fields, `${method} ${path} ${status}`);
}

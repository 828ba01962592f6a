import type { Context, Middleware } from 'koa';
import type { Log } from '../logging/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { RequestState } from './answer-problems.ts';
import { contextOf, lineFields, type RequestContext } from './request-context.ts';
import type { HeaderList } from './standard-headers.ts';

/** Seconds. A request that took longer is worth a warning. */
const SLOW = 1;

/**
 * What all requests have in common. Each gets an id and a trace; its answer gets the standard headers, unless whoever
 * answered wrote them with its own; then it is measured, and a line says what became of it.
 */
export function frameRequests(standard: HeaderList, log: Log, metrics: Metrics): Middleware {
  return async (context, next) => {
    const started = performance.now();
    const { req, res } = context;
    const request = contextOf(req.headers['x-request-id'], req.headers.traceparent);
    const state = context.state as RequestState;
    state.request = request;
    await next();
    if (!res.headersSent) {
      res.setHeader('X-Request-Id', request.requestId);
      for (const [name, value] of standard) if (!res.hasHeader(name)) res.setHeader(name, value);
    }
    const seconds = (performance.now() - started) / 1000;
    metrics.requests.observe(state.endpoint?.name ?? 'none', res.statusCode, seconds);
    const level = seconds > SLOW ? 'warn' : 'debug';
    if (log.isLevelEnabled(level)) log[level](describe(context, request, seconds), 'Answered a request');
  };
}

/** The path without its query: a query may carry what is nobody's business. */
function describe(context: Context, request: RequestContext, seconds: number): object {
  const { method, path, status, ip: address } = context;
  return { ...lineFields(request), method, path, status, ms: Math.round(seconds * 1e6) / 1e3, address };
}

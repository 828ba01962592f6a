import type { Middleware } from 'koa';
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
    noteAnswer(
      context,
      request,
      { endpoint: state.endpoint?.name ?? 'none', status: res.statusCode, started },
      log,
      metrics,
    );
  };
}

/** A request as a line tells of it; Koa's context is one. The path is without its query, which may carry what is nobody's business. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly ip: string;
}

export interface Answered {
  /** The operation's name. */
  readonly endpoint: string;
  readonly status: number;
  /** When the request had come, as `performance.now()` says it. */
  readonly started: number;
}

/** Measures an answer, and says in a line what became of the request. */
export function noteAnswer(
  asked: Asked,
  request: RequestContext,
  { endpoint, status, started }: Answered,
  log: Log,
  metrics: Pick<Metrics, 'requests'>,
): void {
  const seconds = (performance.now() - started) / 1000;
  metrics.requests.observe(endpoint, status, seconds);
  const level = seconds > SLOW ? 'warn' : 'debug';
  if (!log.isLevelEnabled(level)) return;
  const { method, path, ip: address } = asked;
  const ms = Math.round(seconds * 1e6) / 1e3;
  log[level]({ ...lineFields(request), method, path, status, ms, address }, 'Answered a request');
}

import type { Context, Middleware } from 'koa';
import { DomainError, ServerBusy } from '../../kernel/errors.ts';
import type { Log } from '../logging/log.ts';
import type { Endpoint } from './endpoint.ts';
import { type ProblemAnswer, problemOf, RequestError } from './problem.ts';
import { lineFields, type RequestContext } from './request-context.ts';

/** Koa's context as this server fills it. */
export interface RequestState {
  request: RequestContext;
  endpoint?: Endpoint;
}

/** Turns every error into a problem document. Nothing of an unexpected one leaves but its ticket. */
export function answerProblems(statuses: Readonly<Record<string, number>>, log: Log): Middleware {
  return async (context, next) => {
    try {
      await next();
    } catch (error) {
      const { request, endpoint } = context.state as RequestState;
      if (context.headerSent) {
        log.error({ ...lineFields(request), err: error }, 'An answer broke off');
        return;
      }
      const answer = problemFor(error, statuses, { path: context.path, context: request }, log);
      send(context, answer, endpoint);
    }
  };
}

/** The problem that an error is; what nobody expected is logged, and leaves nothing but its ticket. */
export function problemFor(
  error: unknown,
  statuses: Readonly<Record<string, number>>,
  { path, context }: { readonly path: string; readonly context: RequestContext },
  log: Log,
): ProblemAnswer {
  const { requestId } = context;
  const fields = { ...lineFields(context), err: error };
  const expected = error instanceof DomainError || error instanceof RequestError;
  const status = expected ? statuses[error.code] : undefined;
  if (expected && status !== undefined) {
    if (error instanceof ServerBusy) log.warn(lineFields(context), error.message);
    else if (status >= 500) log.error(fields, error.message);
    return problemOf(error, status, { path, requestId });
  }
  log.error(fields, 'A request failed unexpectedly');
  const detail = `Something went wrong here. Tell your administrator the ticket ${requestId}.`;
  return problemOf(new RequestError('server.failed', detail), 500, { path, requestId });
}

function send(context: Context, { problem, headers }: ProblemAnswer, endpoint: Endpoint | undefined): void {
  const format = endpoint?.problemFormat;
  const { status, body } = format?.render({ ...problem }) ?? { status: problem.status, body: problem };
  context.status = status;
  context.remove('ETag');
  context.set(headers as Record<string, string | string[]>);
  context.set('Cache-Control', 'no-store');
  context.type = format?.contentType ?? 'application/problem+json';
  context.body = JSON.stringify(body);
}

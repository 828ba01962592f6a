import { Router } from '@koa/router';
import type { Middleware } from 'koa';
import type { RequestState } from './answer-problems.ts';
import { API_ROOT, type Api, type Endpoint } from './endpoint.ts';
import { RequestError } from './problem.ts';
import { type ServeOptions, serveEndpoint } from './serve-endpoint.ts';

const CONDITIONAL = new Set(['PUT', 'PATCH', 'DELETE']);

/** Routes every declared endpoint below the API's root. A trailing slash is accepted. */
export function apiRouter(apis: readonly Api[], options: ServeOptions): Router {
  const router = new Router({ prefix: API_ROOT });
  for (const endpoint of apis.flatMap(({ endpoints }) => endpoints)) {
    const serve = serveEndpoint(endpoint, presentAt(endpoint, apis), options);
    router.register(endpoint.path, [endpoint.method], [remembering(endpoint), serve] as never);
  }
  return router;
}

/** Lets what comes around it (problems, log lines, metrics) know which endpoint was meant. */
function remembering(endpoint: Endpoint): Middleware {
  return (context, next) => {
    (context.state as RequestState).endpoint = endpoint;
    return next();
  };
}

/** The GET at the same path: what a change with `If-Match` is held against. */
function presentAt(endpoint: Endpoint, apis: readonly Api[]): Endpoint | undefined {
  if (!CONDITIONAL.has(endpoint.method)) return undefined;
  return apis
    .flatMap(({ endpoints }) => endpoints)
    .find(({ method, path }) => method === 'GET' && path === endpoint.path);
}

/** What nobody answered: a path that has other methods (the router has set `Allow`), or no path of ours at all. */
export const refuseUnanswered: Middleware = async (context, next) => {
  await next();
  if (context.body !== undefined && context.body !== null) return;
  if (context.status === 405 || context.status === 501)
    throw new RequestError('request.method_not_allowed', `This path does not take ${context.method}.`);
  if (context.status === 404)
    throw new RequestError(
      'request.unknown_route',
      `There is nothing at ${context.path}. See /docs for all that there is.`,
    );
};

import { Router } from '@koa/router';
import type { Middleware } from 'koa';
import { type Api, type Endpoint, fullPath, isTagged } from './endpoint.ts';
import { RequestError } from './problem.ts';
import { type ServeOptions, serveEndpoint } from './serve-endpoint.ts';

const CONDITIONAL = new Set(['PUT', 'PATCH', 'DELETE']);

/** Routes every declared endpoint. A trailing slash is accepted. */
export function apiRouter(apis: readonly Api[], options: ServeOptions): Router {
  const router = new Router();
  for (const endpoint of apis.flatMap(({ endpoints }) => endpoints))
    router.register(
      fullPath(endpoint),
      [endpoint.method],
      serveEndpoint(endpoint, presentAt(endpoint, apis), options) as never,
    );
  return router;
}

/** The GET at the same path, if its answers carry an ETag: what a change with `If-Match` is held against. */
function presentAt(endpoint: Endpoint, apis: readonly Api[]): Endpoint | undefined {
  if (!CONDITIONAL.has(endpoint.method)) return undefined;
  return apis
    .flatMap(({ endpoints }) => endpoints)
    .find(other => other.method === 'GET' && other.path === endpoint.path && isTagged(other));
}

/**
 * Tries the routers one after the other. A path without parameters is looked up, which costs a tenth of trying
 * the patterns; what is found first is what is served either way.
 */
export function routes(routers: readonly Router[]): Middleware {
  const fixed = new Map<string, Map<string, Middleware>>();
  for (const { path, methods, stack } of routers.flatMap(router => router.stack)) {
    const [serve] = stack;
    if (typeof path !== 'string' || path.includes(':') || stack.length !== 1 || !serve) continue;
    const byMethod = fixed.get(path) ?? new Map<string, Middleware>();
    for (const method of methods) byMethod.set(method, serve as unknown as Middleware);
    fixed.set(path, byMethod);
  }
  const tryAll = routers.map(router => router.routes() as Middleware);
  return (context, next) => {
    const serve = fixed.get(context.path)?.get(context.method);
    if (serve) return serve(context, next);
    const tryFrom = (index: number): Promise<unknown> =>
      (tryAll[index]?.(context, () => tryFrom(index + 1)) ?? next()) as Promise<unknown>;
    return tryFrom(0);
  };
}

/** What no router took: 405 with `Allow`, or the answer to OPTIONS, where the path has other methods; else 404. */
export function refuse(routers: readonly Router[]): Middleware {
  return context => {
    const layers = routers.flatMap(router => router.match(context.path, context.method).path);
    const allowed = [...new Set(layers.flatMap(({ methods }) => methods))];
    if (allowed.length === 0)
      throw new RequestError(
        'request.unknown_route',
        `There is nothing at ${context.path}. See /docs for all that there is.`,
      );
    const headers = { Allow: [...allowed, 'OPTIONS'].join(', ') };
    if (context.method !== 'OPTIONS')
      throw new RequestError('request.method_not_allowed', `This path does not take ${context.method}.`, {
        headers,
      });
    context.set(headers);
    context.status = 204;
  };
}

import { Router } from '@koa/router';
import Koa from 'koa';
import type { Metrics } from '../metrics/metrics.ts';
import type { Health } from './health.ts';

/** `/livez` and `/readyz`, for load balancers and orchestrators. */
export function healthRouter(health: Health): Router {
  const router = new Router();
  router.get('/livez', context => {
    context.set('Cache-Control', 'no-store');
    context.body = { status: 'ok' };
  });
  router.get('/readyz', async context => {
    const readiness = await health.readiness();
    const unavailable = readiness.status === 'unavailable';
    context.set('Cache-Control', 'no-store');
    context.status = unavailable ? 503 : 200;
    if (unavailable) context.set('Retry-After', '2');
    context.body = readiness;
  });
  return router;
}

/** What only the operator sees: health and `/metrics`, on a port of its own. */
export function managementApp(health: Health, metrics: Metrics): Koa {
  const router = new Router();
  router.get('/metrics', async context => {
    context.type = metrics.registry.contentType;
    context.body = await metrics.registry.metrics();
  });
  const app = new Koa();
  app.use(healthRouter(health).routes());
  app.use(router.routes());
  return app;
}

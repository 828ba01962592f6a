import { Router } from '@koa/router';
import Koa from 'koa';
import type { Settings } from '../configuration/settings.ts';
import type { Readiness } from './health.ts';
import { HttpServer } from './server.ts';

interface Ready {
  readiness(): Promise<Readiness>;
}

/** What Prometheus reads. */
interface MetricsPage {
  readonly contentType: string;
  metrics(): Promise<string>;
}

/** `/livez` and `/readyz`, for load balancers and orchestrators. */
export function healthRouter(health: Ready): Router {
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

/** What only the operator sees: health and `/metrics`, on a port of its own. @throws StartError when it cannot be had */
export function listenForOperator(
  { managementPort, managementHost, maxConnections, requestTimeout }: Settings,
  health: Ready,
  page: MetricsPage,
): Promise<HttpServer> {
  const router = new Router();
  router.get('/metrics', async context => {
    context.type = page.contentType;
    context.body = await page.metrics();
  });
  const app = new Koa();
  app.use(healthRouter(health).routes());
  app.use(router.routes());
  return HttpServer.listen(app.callback(), {
    port: managementPort,
    host: managementHost,
    maxConnections,
    requestTimeout,
  });
}

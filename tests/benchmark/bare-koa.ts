// The framework without the service: Koa and its router, one route that answers a constant. Started by
// start-bare-koa.ts with the route as JSON in its first argument.
import { Router } from '@koa/router';
import Koa from 'koa';

/** What the bare server serves: what the service answered to the same request. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly status: number;
  readonly body: unknown;
}

const { method, path, status, body } = JSON.parse(process.argv[2] ?? '') as Route;

const router = new Router();
router.get('/readyz', context => {
  context.status = 200;
});
router.register(path, [method], context => {
  context.status = status;
  context.body = body;
});

new Koa().use(router.routes()).listen(Number(process.env.PORT), '127.0.0.1', 4096);

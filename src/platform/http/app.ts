import cors from '@koa/cors';
import Koa from 'koa';
import compress from 'koa-compress';
import type { Cache } from '../cache/cache.ts';
import { type Settings, StartError } from '../configuration/settings.ts';
import type { Limits } from '../limits/limits.ts';
import type { Log } from '../logging/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { AsyncApiDocument } from '../ws/async-api.ts';
import { answerProblems } from './answer-problems.ts';
import { apiRouter, refuse, routes } from './api-router.ts';
import { documentationRouter } from './documentation.ts';
import { type Api, documentedPath } from './endpoint.ts';
import { frameRequests } from './frame-requests.ts';
import type { Health } from './health.ts';
import { type LimitsOf, requestLimits } from './limit-requests.ts';
import { healthRouter } from './management-app.ts';
import { PLATFORM_PROBLEMS } from './problem.ts';
import type { RepeatedRequests } from './repeated-requests.ts';
import type { Authenticate } from './serve-endpoint.ts';
import { standardHeaders } from './standard-headers.ts';

/** Bytes. Compressing less costs more than it saves. */
const COMPRESS_FROM = 1024;

/** What it is called that a client has gone, which it may. */
const GONE: ReadonlySet<string | undefined> = new Set(['ECONNRESET', 'EPIPE']);

export interface AppParts {
  readonly apis: readonly Api[];
  readonly authenticate: Authenticate;
  readonly repeated: RepeatedRequests;
  readonly cache: Cache;
  readonly openApi: () => object;
  readonly asyncApi: () => AsyncApiDocument;
  readonly health: Health;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly limits: Limits;
}

/** The HTTP application, from the outermost middleware to the endpoints. */
export async function createApp(settings: Settings, parts: AppParts): Promise<Koa> {
  const app = new Koa({ proxy: settings.trustedProxies > 0, maxIpsCount: settings.trustedProxies });
  const statuses = Object.assign({}, PLATFORM_PROBLEMS, ...parts.apis.map(({ problems }) => problems));
  const headers = await standardHeaders({ https: settings.publicUrl.startsWith('https:') });
  const api = apiRouter(parts.apis, {
    authenticate: parts.authenticate,
    repeated: parts.repeated,
    cached: { cache: parts.cache, count: found => parts.metrics.cachedAnswers.inc({ found }) },
    bodyLimit: settings.bodyLimit,
    validateResponses: settings.validateResponses === 'on',
    headers,
    ...(settings.rateLimit === 'on' && { limits: limitsOf(settings, parts) }),
    compressFrom: COMPRESS_FROM,
    sendTimeout: settings.sendTimeout,
    variesBy: settings.corsOrigins ? 'Origin, Accept-Encoding' : 'Accept-Encoding',
  });
  const routers = [api, documentationRouter(parts), healthRouter(parts.health)];
  app.use(frameRequests(headers, parts.log, parts.metrics));
  if (settings.corsOrigins)
    app.use(corsFor(settings.corsOrigins.split(',').map(origin => new URL(origin).origin)));
  app.use(compressing());
  app.use(answerProblems(statuses, parts.log));
  app.use(routes(routers));
  app.use(refuse(routers));
  app.on('error', (error: NodeJS.ErrnoException) => {
    const level = GONE.has(error.code) ? 'debug' : 'error';
    parts.log[level]({ err: error }, 'A connection failed');
  });
  return app;
}

/** @throws StartError where a path that should be exempt is none */
function limitsOf(settings: Settings, { apis, limits }: AppParts): LimitsOf {
  const exempt = settings.rateLimitExempt.split(',').filter(path => path !== '');
  const paths = new Set(apis.flatMap(({ endpoints }) => endpoints.map(documentedPath)));
  const unknown = exempt.find(path => !paths.has(path));
  if (unknown !== undefined)
    throw new StartError(`RATE_LIMIT_EXEMPT has "${unknown}", which is the path of no endpoint.`);
  const { rateLimitRequests: requests, rateLimitSensitive: sensitiveRequests } = settings;
  return requestLimits({ requests, sensitiveRequests, exempt }, limits);
}

/** Whoever does not offer to decompress is spared the question. */
function compressing(): Koa.Middleware {
  const compressed = compress({ threshold: COMPRESS_FROM, br: false });
  return (context, next) =>
    context.req.headers['accept-encoding'] === undefined ? next() : compressed(context, next);
}

function corsFor(origins: readonly string[]): Koa.Middleware {
  return cors({
    origin: context => {
      const origin = context.get('Origin');
      return origins.includes(origin) ? origin : '';
    },
    credentials: true,
    exposeHeaders: [
      'Content-Disposition',
      'ETag',
      'Idempotency-Replayed',
      'Link',
      'Location',
      'X-Request-Id',
      'Retry-After',
      'RateLimit',
      'RateLimit-Policy',
    ],
    maxAge: 600,
  });
}

import { readFileSync } from 'node:fs';
import { authenticationProblems } from '../modules/identity/adapters/http/identity-problems.ts';
import type { BackgroundService } from '../platform/background-service.ts';
import { createApp } from '../platform/http/app.ts';
import { listenForOperator } from '../platform/http/management-app.ts';
import { openApiDocument } from '../platform/http/open-api.ts';
import { HttpServer } from '../platform/http/server.ts';
import { type AsyncApiDocument, asyncApiDocument } from '../platform/ws/async-api.ts';
import type { Application } from './container.ts';
import { contexts } from './contexts.ts';
import { publicUrlOf } from './public-url.ts';
import { socketServerOf } from './sockets.ts';
import { tokens } from './tokens.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** The running server. */
export interface Service {
  readonly port: number;
  readonly managementPort: number;
  /** Lets running requests finish, for a bounded time. */
  stop(): Promise<void>;
}

export function openApiOf(application: Application): object {
  const apis = contexts.map(({ api }) => application.get(api));
  const { publicUrl, identityProvider } = application.get(tokens.settings);
  return openApiDocument(apis, {
    version,
    publicUrl,
    authenticationProblems: method => [
      ...authenticationProblems(method),
      ...(identityProvider === 'keycloak' ? ['identity.provider_unavailable'] : []),
    ],
    sessionCookie: application.get(tokens.sessionCookies).accessName,
  });
}

export function asyncApiOf(application: Application): AsyncApiDocument {
  const protocols = contexts.flatMap(({ socket }) => (socket ? [application.get(socket)] : []));
  return asyncApiDocument(protocols, {
    version,
    publicUrl: publicUrlOf(application.get(tokens.settings)),
    sessionCookie: application.get(tokens.sessionCookies).accessName,
  });
}

export interface ServeOptions {
  /** A worker leaves that port to its primary. */
  readonly withManagement?: boolean;
}

/** Listens with everything that the application serves. @throws StartError when a port cannot be had */
export async function serve(
  application: Application,
  { withManagement = true }: ServeOptions = {},
): Promise<Service> {
  const started: BackgroundService[] = [];
  const stopServices = async () => {
    for (const service of started.toReversed()) await service.stop();
  };
  try {
    for (const service of servicesOf(application)) {
      await service.start();
      started.push(service);
    }
    const listening = await listen(application, withManagement);
    return {
      ...listening,
      async stop() {
        for (const service of started) service.drain?.();
        await listening.stop();
        await stopServices();
      },
    };
  } catch (error) {
    await stopServices();
    throw error;
  }
}

function servicesOf(application: Application): readonly BackgroundService[] {
  const { stopTimeout } = application.get(tokens.settings);
  const jobs = application.get(tokens.storage).jobs.worker({
    handlers: contexts.flatMap(context => context.jobs ?? []).map(name => application.get(name)),
    events: application.get(tokens.events),
    clock: application.get(tokens.clock),
    log: application.get(tokens.log),
    stopTimeout,
  });
  return [
    ...contexts.flatMap(context => context.services ?? []).map(name => application.get(name)),
    application.get(tokens.removeExpiredAnswers),
    jobs,
  ];
}

async function listen(application: Application, withManagement: boolean): Promise<Service> {
  const settings = application.get(tokens.settings);
  const health = application.get(tokens.health);
  const metrics = application.get(tokens.metrics);
  const app = await createApp(settings, {
    apis: contexts.map(({ api }) => application.get(api)),
    authenticate: application.get(tokens.authenticate),
    repeated: application.get(tokens.repeatedRequests),
    cache: application.get(tokens.cache),
    openApi: () => openApiOf(application),
    asyncApi: () => asyncApiOf(application),
    health,
    log: application.get(tokens.log),
    metrics,
    limits: application.get(tokens.limits),
  });
  const { host, port, maxConnections, requestTimeout, stopTimeout } = settings;
  const upgrades = await socketServerOf(application);
  const main = await HttpServer.listen(app.callback(), {
    port,
    host,
    maxConnections,
    requestTimeout,
    upgrades,
  });
  const management = withManagement
    ? await listenForOperator(settings, health, metrics.registry).catch(async error => {
        await main.stop(0);
        throw error;
      })
    : undefined;
  return {
    port: main.port,
    managementPort: management?.port ?? settings.managementPort,
    async stop() {
      health.stop();
      await main.stop(stopTimeout);
      await management?.stop(stopTimeout);
    },
  };
}

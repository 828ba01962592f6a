import { join, resolve } from 'node:path';
import { freePort } from '../support/postgres.ts';
import type { ApiAnswer, ApiRequest } from './api-client.ts';
import type { Route } from './bare-koa.ts';
import type { Pinning } from './pinning.ts';
import { ServerProcess } from './server-process.ts';

const BARE_KOA = resolve(import.meta.dirname, 'bare-koa.ts');

/** Starts a bare Koa that answers `request` with what the service answered. */
export async function startBareKoa(
  { method, path }: ApiRequest,
  { status, body }: ApiAnswer,
  directory: string,
  pinning: Pinning,
): Promise<ServerProcess> {
  const route: Route = { method, path: path.split('?')[0] ?? path, status, body };
  const port = await freePort();
  return ServerProcess.start({
    command: pinning.serverCommand([BARE_KOA, JSON.stringify(route)]),
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', PORT: String(port) },
    port,
    readyPath: '/readyz',
    logFile: join(directory, 'bare-koa.log'),
  });
}

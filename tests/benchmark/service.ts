import { join, resolve } from 'node:path';
import { freePort } from '../support/postgres.ts';
import type { Pinning } from './pinning.ts';
import { ServerProcess } from './server-process.ts';
import type { Place } from './storage-place.ts';

const MAIN = resolve(import.meta.dirname, '../../src/main.ts');

/** Starts the service as in production: default settings but for where it listens and where it keeps things. */
export async function startService(place: Place, pinning: Pinning): Promise<ServerProcess> {
  const [port, managementPort] = [await freePort(), await freePort()];
  return ServerProcess.start({
    command: pinning.serverCommand([MAIN]),
    env: {
      PATH: process.env.PATH ?? '',
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      MANAGEMENT_PORT: String(managementPort),
      ...place.settings,
    },
    port,
    readyPath: '/readyz',
    logFile: join(place.directory, 'service.log'),
  });
}

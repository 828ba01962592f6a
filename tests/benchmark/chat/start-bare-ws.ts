import { join, resolve } from 'node:path';
import { freePort } from '../../support/postgres.ts';
import type { Pinning } from '../pinning.ts';
import { ServerProcess } from '../server-process.ts';

const BARE_WS = resolve(import.meta.dirname, 'bare-ws.ts');

export async function startBareWs(directory: string, pinning: Pinning): Promise<ServerProcess> {
  const port = await freePort();
  return ServerProcess.start({
    command: pinning.serverCommand([BARE_WS]),
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', PORT: String(port) },
    port,
    readyPath: '/',
    logFile: join(directory, 'bare-ws.log'),
  });
}

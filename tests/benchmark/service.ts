import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '../support/postgres.ts';
import type { Pinning } from './pinning.ts';
import { ServerProcess } from './server-process.ts';
import type { Place } from './storage-place.ts';

const root = resolve(import.meta.dirname, '../..');

const MAIN = 'src/main.ts';

/** What `npm start` runs: its settings of the environment, and node's arguments, with the entry's path made absolute. */
function startCommand(entry: string): { readonly env: Record<string, string>; readonly args: string[] } {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: { start: string };
  };
  const words = scripts.start.split(' ');
  const args = words
    .slice(words.indexOf('node') + 1)
    .map(word => (word === MAIN ? resolve(root, entry) : word));
  const env = words.slice(0, words.indexOf('exec')).map(word => word.split('=') as [string, string]);
  return { env: Object.fromEntries(env.map(([name, value]) => [name, join(root, value)])), args };
}

/**
 * Starts the service as in production: default settings but for where it listens and where it keeps things. `entry` takes
 * the place of its main file.
 */
export async function startService(place: Place, pinning: Pinning, entry = MAIN): Promise<ServerProcess> {
  const [port, managementPort] = [await freePort(), await freePort()];
  const { env, args } = startCommand(entry);
  return ServerProcess.start({
    command: pinning.serverCommand(args),
    env: {
      ...env,
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

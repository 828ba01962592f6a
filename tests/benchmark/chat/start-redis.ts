import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../support/postgres.ts';
import { killAtExit, temporaryDirectory, works } from '../leftovers.ts';

export interface BenchmarkRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** Undefined where there is no `redis-server` to run. */
export async function startRedis(): Promise<BenchmarkRedis | undefined> {
  if (!works('redis-server', ['--version'])) return undefined;
  const { path, remove } = temporaryDirectory();
  const port = await freePort();
  const place = [
    '--bind',
    '127.0.0.1',
    '--port',
    String(port),
    '--dir',
    path,
    '--save',
    '',
    '--appendonly',
    'no',
  ];
  const server = spawn('redis-server', place, { stdio: ['ignore', 'pipe', 'ignore'] });
  killAtExit(server);
  await new Promise<void>((resolve, reject) => {
    server.stdout.on('data', text => {
      if (String(text).includes('Ready to accept connections')) resolve();
    });
    server.once('exit', () => reject(new Error('redis-server ended before it was ready.')));
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      const exited = once(server, 'exit');
      server.kill('SIGKILL');
      await exited;
      remove();
    },
  };
}

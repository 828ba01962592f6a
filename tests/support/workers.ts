import { Agent } from 'node:http';
import { onTestFinished } from 'vitest';
import { type RemoteServer, remoteServer } from './remote-server.ts';
import type { ServerProcess } from './server-process.ts';

/** Tells which worker answered, in the line of each request. */
export const TELLING = { LOG_LEVEL: 'debug', LOG_FORMAT: 'json' } as const;

/** A client with one connection, which one worker has. */
export interface WorkerClient extends RemoteServer {
  readonly pid: number;
}

/** One client for each worker of a server that is `TELLING`. */
export async function clientsOfWorkers(
  server: ServerProcess,
): Promise<readonly [WorkerClient, WorkerClient]> {
  const clients = new Map<number, WorkerClient>();
  for (let tries = 0; clients.size < 2 && tries < 10; tries += 1) {
    const client = await connected(server);
    if (!clients.has(client.pid)) clients.set(client.pid, client);
  }
  const [one, other] = clients.values();
  if (!one || !other) throw new Error('All connections went to one worker.');
  return [one, other];
}

async function connected(server: ServerProcess): Promise<WorkerClient> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const client = remoteServer(server.origin, agent);
  const id = crypto.randomUUID();
  await client.request('GET', '//livez', { headers: { 'x-request-id': id } });
  const [line] = await server.prints(new RegExp(`^.*"request_id":"${id}".*$`, 'm'));
  return Object.assign(client, { pid: Number(JSON.parse(line).worker) });
}

/** The pids of the workers that answered requests to this path. */
export function answerersOf({ stdout }: ServerProcess, path: string): ReadonlySet<number> {
  const lines = stdout.split('\n').filter(line => line.startsWith('{') && line.endsWith('}'));
  return new Set(
    lines
      .map(line => JSON.parse(line))
      .filter(line => line.path === path)
      .map(line => line.worker),
  );
}

/** The value of a series, as `/metrics` writes it. */
export async function metricOf({ managementOrigin }: ServerProcess, series: string): Promise<number> {
  const text = await (await fetch(`${managementOrigin}/metrics`)).text();
  const line = text.split('\n').find(each => each.startsWith(`${series} `));
  return Number(line?.slice(series.length));
}

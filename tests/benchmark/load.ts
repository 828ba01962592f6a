// The load generator, a process of its own. Takes a LoadOrder as JSON in its first argument, prints a LoadResult.
import autocannon from 'autocannon';
import type { ApiRequest } from './api-client.ts';
import { percentile } from './percentile.ts';
import { cpuMilliseconds } from './process-figures.ts';

export interface LoadOrder {
  readonly origin: string;
  readonly request: ApiRequest;
  readonly connections: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** The most requests of a run, where its time is not to decide. */
  readonly requests?: number | undefined;
  /** The server's process. */
  readonly pid: number;
}

/** Of one run; times are in milliseconds. */
export interface LoadResult {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Requests that failed or were not answered with a success, those of the warm-up included. */
  readonly errors: number;
  /** The server's processor time per request. */
  readonly cpuPerRequest?: number;
  /** The share of a core that the load generator used: near 1 the generator, not the server, sets the figure. */
  readonly generatorBusy: number;
}

/** How soon after its time a run ends. */
const SAMPLE_MS = 50;

const order = JSON.parse(process.argv[2] ?? '') as LoadOrder;
const warmUp = await fire(order.warmUpSeconds);
const { errors, ...result } = await fire(order.seconds);
console.log(JSON.stringify({ ...result, errors: errors + warmUp.errors } satisfies LoadResult));

async function fire(seconds: number): Promise<LoadResult> {
  const { origin, request, connections, pid, requests } = order;
  const times: number[] = [];
  const cpuBefore = cpuMilliseconds(pid);
  const ownBefore = process.cpuUsage();
  const started = performance.now();
  let ended = started;
  const { errors, non2xx } = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(
      {
        url: origin + request.path,
        method: request.method,
        headers: { ...request.headers },
        ...(request.body !== undefined && { body: request.body }),
        connections,
        ...(requests === undefined ? { duration: seconds } : { amount: requests }),
        sampleInt: SAMPLE_MS,
      },
      (error: Error | null, result) => (error ? reject(error) : resolve(result)),
    );
    // autocannon's own percentiles are whole milliseconds.
    instance.on('response', (_client, _status, _bytes, milliseconds) => {
      times.push(milliseconds);
      ended = performance.now();
    });
  });
  const cpuAfter = cpuMilliseconds(pid);
  const own = process.cpuUsage(ownBefore);
  times.sort((a, b) => a - b);
  const measured = ended - started;
  return {
    perSecond: measured > 0 ? (times.length / measured) * 1000 : 0,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    errors: errors + non2xx + (times.length === 0 ? 1 : 0),
    ...(cpuBefore !== undefined &&
      cpuAfter !== undefined && { cpuPerRequest: (cpuAfter - cpuBefore) / Math.max(1, times.length) }),
    generatorBusy: (own.user + own.system) / 1000 / (performance.now() - started),
  };
}

import { bearer, signIn } from './api-client.ts';
import { generateLoad } from './generate-load.ts';
import { markdownTable } from './markdown-table.ts';
import { median } from './median.ts';
import { multiplyRows } from './multiply-rows.ts';
import type { Options, StorageName } from './options.ts';
import type { Pinning } from './pinning.ts';
import { amount, progress } from './progress.ts';
import { READER } from './sample-data.ts';
import { seedFew } from './seed-few.ts';
import type { ServerProcess } from './server-process.ts';
import { startService } from './service.ts';
import { type Place, type PlaceMaker, withoutCache } from './storage-place.ts';

const FEW = 1000;
const MANY = 1_000_000;

const LISTS = ['posts', 'todos', 'tasks', 'operations'];

/** A list, and the median time of its first page by keyset with 1,000 and with 1,000,000 rows, in milliseconds. */
export interface Growth {
  readonly storage: StorageName;
  readonly list: string;
  readonly few: number;
  readonly many: number;
}

/**
 * How much longer lists take when their tables are a thousand times as large. All rows are the reader's own. The server of
 * few rows and the one of many are asked by turns, so that what the machine does in between is in both.
 */
export async function measureGrowth(
  storage: StorageName,
  places: PlaceMaker,
  options: Options,
  pinning: Pinning,
): Promise<readonly Growth[]> {
  progress.storage(storage);
  await using stack = new AsyncDisposableStack();
  const servers = [];
  for (const times of [1, options.smoke ? 10 : MANY / FEW]) {
    const place = await places.make();
    stack.defer(() => place.remove());
    await seedFew(place, FEW);
    if (times > 1) await multiply(place, times);
    const service = await startService(withoutCache(place), pinning);
    stack.defer(() => service.stop());
    servers.push({ service, headers: bearer(await signIn(service.origin, READER)) });
  }
  const growths = [];
  for (const list of LISTS) {
    const [few = 0, many = 0] = await timesOf(list, servers, options);
    progress.log(`${list.padEnd(12)} ${amount(few, 2)} ms, ${amount(many, 2)} ms`);
    growths.push({ storage, list, few, many });
  }
  return growths;
}

export function growthTable(results: readonly Growth[]): string {
  const head = ['storage', 'list', '1,000 rows, ms', '1,000,000 rows, ms', 'times as long'];
  const rows = results.map(({ storage, list, few, many }) => [
    storage,
    list,
    amount(few, 2),
    amount(many, 2),
    `${amount(many / few, 2)}${many / few > 1.5 ? ' (missed)' : ''}`,
  ]);
  return markdownTable(head, rows);
}

interface Server {
  readonly service: ServerProcess;
  readonly headers: Record<string, string>;
}

/** The median of the runs of a list on each server, in milliseconds, one request after the other. */
async function timesOf(
  list: string,
  servers: readonly Server[],
  { runs, seconds, warmUpSeconds }: Options,
): Promise<number[]> {
  const times = servers.map((): number[] => []);
  for (let run = 0; run < runs; run += 1)
    for (const [index, { service, headers }] of servers.entries()) {
      const { origin, pid } = service;
      const request = { method: 'GET', path: `/api/v1/${list}?cursor=&per_page=10`, headers } as const;
      const load = await generateLoad({ origin, pid, request, connections: 1, seconds, warmUpSeconds });
      times[index]?.push(load.p50);
    }
  return times.map(each => median(each) ?? 0);
}

async function multiply(place: Place, times: number): Promise<void> {
  const started = performance.now();
  await multiplyRows(place, LISTS, times);
  progress.log(`multiplied in ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

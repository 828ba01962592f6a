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
import { startService } from './service.ts';
import type { Place, PlaceMaker } from './storage-place.ts';

const FEW = 1000;
const MANY = 1_000_000;

const LISTS = ['posts', 'todos', 'tasks', 'operations'];

/** A list, and the median time of its first page by keyset with 1,000 and with 1,000,000 rows, in milliseconds. */
interface Growth {
  readonly storage: StorageName;
  readonly list: string;
  readonly few: number;
  readonly many: number;
}

/** How much longer lists take when their tables are a thousand times as large. All rows are the reader's own. */
export async function measureGrowth(
  storage: StorageName,
  places: PlaceMaker,
  options: Options,
  pinning: Pinning,
): Promise<readonly Growth[]> {
  progress.storage(storage);
  const place = await places.make();
  try {
    await seedFew(place, FEW);
    const few = await timesOf(place, options, pinning);
    const started = performance.now();
    await multiplyRows(place, LISTS, options.smoke ? FEW * 10 : MANY);
    progress.log(`multiplied in ${((performance.now() - started) / 1000).toFixed(0)} s`);
    const many = await timesOf(place, options, pinning);
    return LISTS.map((list, index) => ({ storage, list, few: few[index] ?? 0, many: many[index] ?? 0 }));
  } finally {
    await place.remove();
  }
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

/** The median of the runs of each list, one request after the other. */
async function timesOf(
  { storage, directory, settings, remove }: Place,
  { runs, seconds, warmUpSeconds }: Options,
  pinning: Pinning,
): Promise<number[]> {
  const place = { storage, directory, remove, settings: { ...settings, CACHE_SIZE: '0' } };
  const service = await startService(place, pinning);
  try {
    const headers = bearer(await signIn(service.origin, READER));
    const times = [];
    for (const list of LISTS) {
      const request = { method: 'GET', path: `/api/v1/${list}?cursor=&per_page=10`, headers } as const;
      const { origin, pid } = service;
      const p50 = [];
      for (let run = 0; run < runs; run += 1)
        p50.push((await generateLoad({ origin, pid, request, connections: 1, seconds, warmUpSeconds })).p50);
      times.push(median(p50) ?? 0);
      progress.log(`${list.padEnd(12)} ${amount(times.at(-1), 2)} ms`);
    }
    return times;
  } finally {
    await service.stop();
  }
}

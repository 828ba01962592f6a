import { resolve } from 'node:path';
import { bearer, signIn } from './api-client.ts';
import { generateLoad } from './generate-load.ts';
import { median } from './median.ts';
import type { Options } from './options.ts';
import type { Pinning } from './pinning.ts';
import { READER } from './sample-data.ts';
import type { ServerProcess } from './server-process.ts';
import { startService } from './service.ts';
import type { Place } from './storage-place.ts';

const WITHOUT = resolve(import.meta.dirname, 'without-authentication.ts');

/**
 * How much more processor time `GET /users/me` takes with a token that was verified before than the same answer of the same
 * service that asks for none, in per cent; undefined where processor time cannot be told. Both run by turns on one seeded database.
 */
export async function measureAuthentication(
  service: ServerProcess,
  place: Place,
  { runs, seconds, warmUpSeconds, requests }: Options,
  pinning: Pinning,
): Promise<number | undefined> {
  const open = await startService(place, pinning, WITHOUT);
  try {
    const load = async ({ origin, pid }: ServerProcess, headers: Readonly<Record<string, string>>) => {
      const request = { method: 'GET', path: '/api/v1/users/me', headers } as const;
      const order = { origin, pid, request, connections: 32, seconds, warmUpSeconds, requests };
      const result = await generateLoad(order);
      if (result.errors > 0) throw new Error(`${result.errors} requests of users/me failed.`);
      return result.cpuPerRequest;
    };
    const token = bearer(await signIn(service.origin, READER));
    const ratios = [];
    for (let run = 0; run < runs; run += 1) {
      const [authenticated, anonymous] = [await load(service, token), await load(open, {})];
      if (authenticated && anonymous) ratios.push((authenticated / anonymous - 1) * 100);
    }
    return median(ratios);
  } finally {
    await open.stop();
  }
}

import { median } from './median.ts';
import type { Pinning } from './pinning.ts';
import { startService } from './service.ts';
import type { Place, PlaceMaker } from './storage-place.ts';

/** Milliseconds, medians. */
export interface StartTimes {
  /** On an empty data directory. */
  readonly first: number;
  /** On one that a service has started on before. */
  readonly later: number;
}

/** Measures the starts, each first one in a place of its own; the last place is left for what follows. */
export async function measureStarts(
  places: PlaceMaker,
  runs: number,
  pinning: Pinning,
): Promise<{ times: StartTimes; place: Place }> {
  const first: number[] = [];
  let place = await places.make();
  for (let run = 0; run < runs; run += 1) {
    if (run > 0) {
      await place.remove();
      place = await places.make();
    }
    first.push(await startOnce(place, pinning));
  }
  const later: number[] = [];
  for (let run = 0; run < runs; run += 1) later.push(await startOnce(place, pinning));
  return { times: { first: median(first) ?? 0, later: median(later) ?? 0 }, place };
}

async function startOnce(place: Place, pinning: Pinning): Promise<number> {
  const service = await startService(place, pinning);
  await service.stop();
  return service.startMilliseconds;
}

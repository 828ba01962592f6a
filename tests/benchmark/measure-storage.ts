import { setTimeout as sleep } from 'node:timers/promises';
import { measureAuthentication } from './measure-authentication.ts';
import { measureScenario, type ScenarioResult } from './measure-scenario.ts';
import { measureSessions } from './measure-sessions.ts';
import { measureStarts, type StartTimes } from './measure-starts.ts';
import type { Options, StorageName } from './options.ts';
import type { Pinning } from './pinning.ts';
import { residentMebibytes } from './process-figures.ts';
import { progress } from './progress.ts';
import { SCENARIOS } from './scenarios.ts';
import { seedDatabase } from './seed-database.ts';
import { seedOverHttp } from './seed-over-http.ts';
import type { ServerProcess } from './server-process.ts';
import { startService } from './service.ts';
import { type Place, type PlaceMaker, settle } from './storage-place.ts';

/** What a service holds once it has nothing more to do after its start is read after this long, in milliseconds. */
const IDLE_AFTER = 2000;

export interface StorageResult {
  readonly storage: StorageName;
  readonly starts: StartTimes;
  /** MiB. */
  readonly idleMemory: number | undefined;
  /** MiB, the most after any scenario. */
  readonly loadedMemory: number | undefined;
  readonly scenarios: readonly ScenarioResult[];
  /** Per cent of processor time. */
  readonly authentication: number | undefined;
  /** MiB. */
  readonly sessionMemory: number | undefined;
}

export async function measureStorage(
  storage: StorageName,
  places: PlaceMaker,
  options: Options,
  pinning: Pinning,
): Promise<StorageResult> {
  progress.storage(storage);
  const { times: starts, place } = await measureStarts(places, options.runs, pinning);
  progress.starts(starts);
  if (storage !== 'memory') await timed('seeded', () => seed(place));
  const service = await startService(place, pinning);
  try {
    await sleep(IDLE_AFTER);
    const idleMemory = residentMebibytes(service.pid);
    if (storage === 'memory') await timed('seeded over HTTP', () => seedOverHttp(service.origin));
    const { scenarios, loadedMemory } = await measureScenarios(service, place, options, pinning);
    progress.memory(idleMemory, loadedMemory);
    const measured = { storage, starts, idleMemory, loadedMemory, scenarios };
    if (storage === 'memory' || options.filter !== '')
      return { ...measured, authentication: undefined, sessionMemory: undefined };
    const authentication = await measureAuthentication(service, place, options, pinning);
    await service.stop();
    const sessionMemory = await measureSessions(place, options.sessions, pinning);
    progress.identity(authentication, sessionMemory);
    return { ...measured, authentication, sessionMemory };
  } finally {
    await service.stop();
    await place.remove();
  }
}

async function measureScenarios(
  service: ServerProcess,
  { directory }: Place,
  options: Options,
  pinning: Pinning,
): Promise<Pick<StorageResult, 'scenarios' | 'loadedMemory'>> {
  const scenarios = [];
  const memory = [];
  for (const scenario of SCENARIOS.filter(({ name }) => name.includes(options.filter))) {
    const result = await measureScenario(scenario, service, directory, options, pinning);
    progress.scenario(result);
    if (result.service.errors > 0) progress.log(service.lastLines);
    memory.push(residentMebibytes(service.pid) ?? Number.NaN);
    scenarios.push(result);
  }
  const most = Math.max(...memory);
  return { scenarios, loadedMemory: Number.isFinite(most) ? most : undefined };
}

async function seed(place: Place): Promise<void> {
  await seedDatabase(place);
  await settle(place);
}

async function timed(what: string, work: () => Promise<void>): Promise<void> {
  const started = performance.now();
  await work();
  progress.log(`${what} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { measureAuthentication } from './measure-authentication.ts';
import { type JournalFigures, measureJournal } from './measure-journal.ts';
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
import { type Place, type PlaceMaker, settle, withoutCache } from './storage-place.ts';

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
  readonly journal: JournalFigures | undefined;
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
  const service = await startService(withoutCache(place), pinning);
  try {
    await sleep(IDLE_AFTER);
    const idleMemory = residentMebibytes(service.pid);
    if (storage === 'memory') await timed('seeded over HTTP', () => seedOverHttp(service.origin));
    const made = await measureScenarios(false, service, place, options, pinning);
    const { loadedMemory } = made;
    progress.memory(idleMemory, loadedMemory);
    const scenarios = [...made.scenarios, ...(await measureCached(place, options, pinning))];
    const measured = { storage, starts, idleMemory, loadedMemory, scenarios };
    if (storage === 'memory' || options.filter !== '')
      return { ...measured, authentication: undefined, sessionMemory: undefined, journal: undefined };
    const authentication = await measureAuthentication(service, place, options, pinning);
    await service.stop();
    const sessionMemory = await measureSessions(place, options.sessions, pinning);
    progress.identity(authentication, sessionMemory);
    const journal = await measureJournal(places, options, pinning);
    return { ...measured, authentication, sessionMemory, journal };
  } finally {
    await service.stop();
    await place.remove();
  }
}

/** Those whose answers are cached; in memory the data would have to be, too. */
async function measureCached(
  place: Place,
  options: Options,
  pinning: Pinning,
): Promise<readonly ScenarioResult[]> {
  if (place.storage === 'memory') return [];
  const service = await startService(place, pinning);
  try {
    return (await measureScenarios(true, service, place, options, pinning)).scenarios;
  } finally {
    await service.stop();
  }
}

async function measureScenarios(
  cached: boolean,
  service: ServerProcess,
  { directory }: Place,
  options: Options,
  pinning: Pinning,
): Promise<Pick<StorageResult, 'scenarios' | 'loadedMemory'>> {
  const scenarios = [];
  const memory = [];
  const asked = SCENARIOS.filter(scenario => scenario.name.includes(options.filter));
  for (const scenario of asked.filter(scenario => (scenario.cached ?? false) === cached)) {
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

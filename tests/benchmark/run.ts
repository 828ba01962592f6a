import { chatReport } from './chat/chat-report.ts';
import { type ChatResult, isIncomplete } from './chat/chat-result.ts';
import { measureChat } from './chat/measure-chat.ts';
import { type Growth, growthTable, measureGrowth } from './measure-growth.ts';
import { measureJournal } from './measure-journal.ts';
import { measureKeycloak } from './measure-keycloak.ts';
import { measureStorage, type StorageResult } from './measure-storage.ts';
import { type Options, readOptions, type StorageName, UsageError } from './options.ts';
import { type Pinning, pin } from './pinning.ts';
import { progress } from './progress.ts';
import { report } from './report.ts';
import { SCENARIOS } from './scenarios.ts';
import { type PlaceMaker, placeMaker } from './storage-place.ts';
import { writeReport } from './write-report.ts';

/** Seconds for what surrounds the runs of one storage (starts, seeding), and what a run may take beyond its time. */
const AROUND_STORAGE = 600;
const AROUND_RUN = 5;

/** What can be measured by itself. */
const ALONE: Readonly<Record<string, (options: Options) => Promise<number>>> = {
  chat,
  growth,
  journal,
  keycloak,
};

/** Milliseconds. */
const ALONE_LIMIT = 3_600_000;

/** How long PostgreSQL may take to stop when everything is to end at once, in milliseconds. */
const STOP_TIMEOUT = 10_000;

let open: PlaceMaker | undefined;

for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const])
  process.once(signal, () => finish(code));

await main().then(finish, error => {
  console.error(error instanceof UsageError ? `bench: ${error.message}` : error);
  return finish(1);
});

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  const alone = ALONE[options.filter];
  if (alone) return alone(options);
  if (!SCENARIOS.some(({ name }) => name.includes(options.filter)))
    throw new UsageError(`"${options.filter}" is none of ${SCENARIOS.map(({ name }) => name).join(', ')}.`);
  giveUpAfter(options);
  const pinning = pin();
  console.log(pinning.description);
  const results = [];
  for (const storage of options.storages) results.push(await measure(storage, options, pinning));
  const tables = report(results, options, pinning.description);
  console.log(`\n${tables}`);
  const chatCode = options.smoke ? await chat(options) : 0;
  return chatCode || conclude(results, options, tables);
}

/** Takes minutes for its million rows, so it is no part of a complete run, and the page gets its table by hand. */
async function growth(options: Options): Promise<number> {
  const results: Growth[] = [];
  await onSql(options, async (storage, places, pinning) => {
    results.push(...(await measureGrowth(storage, places, options, pinning)));
  });
  console.log(`\n${growthTable(results)}`);
  return 0;
}

/** What a complete run measures too. */
async function journal(options: Options): Promise<number> {
  await onSql(options, async (storage, places, pinning) => {
    progress.storage(storage);
    await measureJournal(places, options, pinning);
  });
  return 0;
}

/** What verified tokens of an identity provider cost. */
async function keycloak(options: Options): Promise<number> {
  await onSql(options, (storage, places, pinning) => measureKeycloak(storage, places, options, pinning));
  return 0;
}

/** Takes half an hour, so it is no part of a complete run either. */
async function chat(options: Options): Promise<number> {
  const results: ChatResult[] = [];
  const pinning = await onSql(options, async (storage, places, pinning) => {
    results.push(await measureChat(storage, places, options, pinning));
  });
  console.log(`\n${chatReport(results, options, pinning)}`);
  const failed = results.flatMap(({ storage, cases }) =>
    cases.filter(({ runs }) => runs.some(isIncomplete)).map(({ name }) => `${storage}: ${name}`),
  );
  if (failed.length > 0) console.error(`\nFailed, not everybody got all: ${failed.join('; ')}`);
  return failed.length > 0 ? 1 : 0;
}

async function onSql(
  { storages }: Options,
  measureOn: (storage: StorageName, places: PlaceMaker, pinning: Pinning) => Promise<void>,
): Promise<Pinning> {
  setTimeout(() => void finish(1), ALONE_LIMIT).unref();
  const pinning = pin();
  console.log(pinning.description);
  for (const storage of storages.filter(name => name !== 'memory')) {
    open = await placeMaker(storage);
    await measureOn(storage, open, pinning);
    await open.close();
    open = undefined;
  }
  return pinning;
}

async function measure(
  storage: Options['storages'][number],
  options: Options,
  pinning: Pinning,
): Promise<StorageResult> {
  open = await placeMaker(storage);
  const result = await measureStorage(storage, open, options, pinning);
  await open.close();
  open = undefined;
  return result;
}

function conclude(results: readonly StorageResult[], options: Options, tables: string): number {
  const failed = results.flatMap(({ storage, scenarios }) =>
    scenarios
      .filter(({ service, bare }) => service.errors + bare.errors > 0)
      .map(({ name }) => `${storage}: ${name}`),
  );
  if (failed.length > 0) {
    console.error(`\nFailed, requests went wrong: ${failed.join('; ')}`);
    return 1;
  }
  if (options.complete) writeReport(tables);
  else console.log('\nNot everything was measured: docs/benchmarks.md stays as it is.');
  return 0;
}

function giveUpAfter({ storages, runs, seconds, warmUpSeconds }: Options): void {
  const loads = SCENARIOS.length * 2 * runs;
  const limit = storages.length * (AROUND_STORAGE + loads * (seconds + warmUpSeconds + AROUND_RUN));
  setTimeout(() => {
    console.error(`bench: gave up after ${limit} s.`);
    void finish(1);
  }, limit * 1000).unref();
}

/** Ends this process, whatever is left to do; what it started ends with it (leftovers.ts). */
async function finish(code: number): Promise<never> {
  setTimeout(() => process.exit(code), STOP_TIMEOUT).unref();
  await open?.close().catch(() => undefined);
  process.exit(code);
}

import { cpus } from 'node:os';
import { markdownTable } from './markdown-table.ts';
import type { Figures } from './measure-scenario.ts';
import type { StorageResult } from './measure-storage.ts';
import type { Options, StorageName } from './options.ts';
import { amount } from './progress.ts';
import { GOALS, type Goal } from './targets.ts';

/** The share of its core from which on a process may be what limits a figure. */
const BUSY = 0.95;

/** Either the bare Koa or the load generator uses this much of its core, unless something else runs there. */
const UNDISTURBED = 0.8;

/** The tables, as Markdown. */
export function report(results: readonly StorageResult[], options: Options, pinning: string): string {
  return [conditions(options, pinning), goalTable(GOALS, results), details(results), notes(results)]
    .filter(part => part !== '')
    .join('\n\n');
}

function conditions(options: Options, pinning: string): string {
  return `${machineAndRuns(options)}, 32 connections (sign-in: 4). ${pinning}`;
}

/** When, on what and how long. */
export function machineAndRuns({ runs, seconds, warmUpSeconds }: Options): string {
  const date = new Date().toISOString().slice(0, 10);
  const processors = cpus();
  const machine = `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown processor'}`;
  const each = `Median of ${runs} run${runs === 1 ? '' : 's'} of ${seconds} s after ${warmUpSeconds} s of warm-up`;
  return `${date}, ${machine}, Node ${process.versions.node}. ${each}`;
}

/** What is wanted beside what was measured, a storage a column. */
export function goalTable<Result extends { readonly storage: StorageName }>(
  goals: readonly Goal<Result>[],
  results: readonly Result[],
): string {
  const head = ['', ...results.flatMap(({ storage }) => [storage, 'target'])];
  return markdownTable(
    head,
    goals.map(goal => [goal.name, ...results.flatMap(result => against(goal, result))]),
  );
}

function against<Result extends { readonly storage: StorageName }>(
  { of, unit, digits, bound, targets }: Goal<Result>,
  result: Result,
): string[] {
  const value = of(result);
  const target = targets[result.storage];
  const shown = value === undefined ? 'n/a' : `${amount(value, digits)} ${unit}`.trimEnd();
  if (target === undefined) return [shown, '–'];
  const wanted = `${bound === 'least' ? '≥' : '≤'} ${target} ${unit}`.trimEnd();
  const missed = value !== undefined && (bound === 'least' ? value < target : value > target);
  return [missed ? `**${shown}** (missed)` : shown, wanted];
}

const DETAILS = [
  'storage',
  'operation',
  'req/s',
  'lowest–highest',
  'p50 ms',
  'p99 ms',
  'CPU ms/req',
  'bare Koa req/s',
  'lowest–highest',
  'CPU ms/req',
  'of bare Koa',
  'errors',
];

function details(results: readonly StorageResult[]): string {
  const rows = results.flatMap(({ storage, scenarios }) =>
    scenarios.map(({ name, service, bare, ratio }) => [
      storage,
      name,
      amount(service.perSecond, 0),
      range(service),
      amount(service.p50, 1),
      amount(service.p99, 1),
      amount(service.cpuPerRequest, 3),
      `${amount(bare.perSecond, 0)}${limitedByGenerator(bare) ? '*' : ''}${disturbed(bare) ? '†' : ''}`,
      range(bare),
      amount(bare.cpuPerRequest, 3),
      `${amount(ratio, ratio < 10 ? 1 : 0)} %`,
      String(service.errors + bare.errors),
    ]),
  );
  return markdownTable(DETAILS, rows);
}

const range = ({ lowest, highest }: Figures) => `${amount(lowest, 0)}–${amount(highest, 0)}`;

const limitedByGenerator = ({ generatorBusy }: Figures) => generatorBusy > BUSY;

function disturbed({ cpuPerRequest, perSecond, generatorBusy }: Figures): boolean {
  if (cpuPerRequest === undefined) return false;
  return Math.max((cpuPerRequest * perSecond) / 1000, generatorBusy) < UNDISTURBED;
}

function notes(results: readonly StorageResult[]): string {
  const bare = results.flatMap(({ scenarios }) => scenarios.map(scenario => scenario.bare));
  return [
    ...(results.some(({ storage }) => storage === 'memory')
      ? ['memory: seeded over HTTP, so without the 99,900 to-dos of others that the SQL tables hold.']
      : []),
    ...(bare.some(limitedByGenerator)
      ? ['\\* The load generator used its whole core: the bare Koa could do more, and the ratio flatters.']
      : []),
    ...(bare.some(disturbed)
      ? [
          '† Neither the bare Koa nor the load generator had a core to itself: something else ran. Measure again.',
        ]
      : []),
  ].join('\n\n');
}

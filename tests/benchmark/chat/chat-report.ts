import { markdownTable } from '../markdown-table.ts';
import { median } from '../median.ts';
import type { Options } from '../options.ts';
import type { Pinning } from '../pinning.ts';
import { amount } from '../progress.ts';
import { goalTable, machineAndRuns } from '../report.ts';
import { CHAT_GOALS } from '../targets.ts';
import { percent } from './chat-progress.ts';
import { type ChatCase, type ChatResult, deliveriesOf } from './chat-result.ts';
import type { FireResult } from './load-orders.ts';

/** The tables of the chat, as Markdown. */
export function chatReport(results: readonly ChatResult[], options: Options, pinning: Pinning): string {
  return [
    `${machineAndRuns(options)}. ${pinning.description}`,
    goalTable(CHAT_GOALS, results),
    rates(results),
    ...notes(results, pinning),
  ].join('\n\n');
}

const RATES = [
  'storage',
  'rate',
  'messages/s',
  'deliveries/s',
  'lowest–highest',
  'p50 ms',
  'p99 ms',
  'server, of a core',
  'load generator',
  'not held',
];

function rates(results: readonly ChatResult[]): string {
  return markdownTable(
    RATES,
    results.flatMap(({ storage, cases }) => cases.map(each => [storage, ...rateOf(each)])),
  );
}

function rateOf({ name, runs }: ChatCase): string[] {
  const of = (figure: (run: FireResult) => number) => median(runs.map(figure)) ?? Number.NaN;
  const deliveries = runs.map(deliveriesOf);
  const servers = runs[0]?.serversBusy.map((_, index) => percent(of(run => run.serversBusy[index] ?? 0)));
  return [
    name,
    amount(
      of(run => run.perSecond),
      0,
    ),
    amount(of(deliveriesOf), 0),
    `${amount(Math.min(...deliveries), 0)}–${amount(Math.max(...deliveries), 0)}`,
    amount(
      of(run => run.p50),
      1,
    ),
    amount(
      of(run => run.p99),
      1,
    ),
    servers?.join(' + ') ?? '',
    percent(of(run => run.generatorBusy)),
    `${runs.filter(({ held }) => !held).length} of ${runs.length}`,
  ];
}

function notes(results: readonly ChatResult[], { secondHasOwnCore }: Pinning): string[] {
  if (results.some(({ twoProcesses }) => twoProcesses === undefined))
    return ['Two processes were not measured: there is no `redis-server`.'];
  return secondHasOwnCore
    ? []
    : [
        'The second of two processes shared a core with the load generator, Redis and PostgreSQL: what the pair would do on two ' +
          'cores of its own is reckoned from processor time.',
      ];
}

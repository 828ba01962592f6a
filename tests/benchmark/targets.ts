import { CASES, type ChatResult, deliveriesOf, heldBy, medianOf } from './chat/chat-result.ts';
import type { FireResult } from './chat/load-orders.ts';
import type { JournalFigures } from './measure-journal.ts';
import type { StorageResult } from './measure-storage.ts';
import type { StorageName } from './options.ts';

/** One line of the side by side table: what is measured, and what it should be at least or at most. */
export interface Goal<Result = StorageResult> {
  readonly name: string;
  readonly unit: string;
  readonly digits: number;
  readonly bound: 'least' | 'most';
  readonly targets: Partial<Record<StorageName, number>>;
  of(result: Result): number | undefined;
}

/** A scenario's requests per second in per cent of the bare Koa's of the same run. */
const ratio = (name: string, targets: Goal['targets']): Goal => ({
  name: `${name}, of bare Koa`,
  unit: '%',
  digits: 0,
  bound: 'least',
  targets,
  of: ({ scenarios }) => scenarios.find(scenario => scenario.name === name)?.ratio,
});

const journal = (
  name: string,
  unit: string,
  figure: keyof JournalFigures,
  bound: Goal['bound'],
  targets: Goal['targets'],
): Goal => ({ name, unit, digits: 0, bound, targets, of: result => result.journal?.[figure] });

const everywhere = (target: number): Goal['targets'] => ({
  memory: target,
  sqlite: target,
  postgresql: target,
});

export const GOALS: readonly Goal[] = [
  ratio('users/me', everywhere(65)),
  ratio('posts list', { sqlite: 40, postgresql: 22 }),
  ratio('todos list', { sqlite: 40, postgresql: 22 }),
  ratio('tasks list', { sqlite: 40, postgresql: 22 }),
  ratio('read task', { sqlite: 40, postgresql: 22 }),
  ratio('operations list', { sqlite: 40, postgresql: 22 }),
  ratio('read operation', { sqlite: 40, postgresql: 22 }),
  ratio('posts list, cached', { sqlite: 60, postgresql: 60 }),
  ratio('tasks list, cached', { sqlite: 60, postgresql: 60 }),
  ratio('create todo', { sqlite: 15, postgresql: 8 }),
  {
    // Against the bare Koa it would say nothing: it is the password hash that takes the time, on purpose.
    name: 'sign-in',
    unit: '/s',
    digits: 0,
    bound: 'least',
    targets: {},
    of: ({ scenarios }) => scenarios.find(({ name }) => name === 'sign-in')?.service.perSecond,
  },
  {
    name: 'authentication, CPU on top',
    unit: '%',
    digits: 0,
    bound: 'most',
    targets: { sqlite: 15, postgresql: 15 },
    of: ({ authentication }) => authentication,
  },
  {
    name: 'first start',
    unit: 's',
    digits: 2,
    bound: 'most',
    targets: everywhere(3),
    of: ({ starts }) => starts.first / 1000,
  },
  {
    name: 'later start',
    unit: 's',
    digits: 2,
    bound: 'most',
    targets: everywhere(1.5),
    of: ({ starts }) => starts.later / 1000,
  },
  {
    name: 'memory, idle',
    unit: 'MiB',
    digits: 0,
    bound: 'most',
    targets: everywhere(120),
    of: ({ idleMemory }) => idleMemory,
  },
  {
    name: 'memory, after load',
    unit: 'MiB',
    digits: 0,
    bound: 'most',
    targets: everywhere(220),
    of: ({ loadedMemory }) => loadedMemory,
  },
  {
    name: 'memory of 100,000 sessions',
    unit: 'MiB',
    digits: 0,
    bound: 'most',
    targets: { sqlite: 100, postgresql: 100 },
    of: ({ sessionMemory }) => sessionMemory,
  },
  journal('import of 200,000 lines', '/s', 'imported', 'least', { sqlite: 30_000, postgresql: 20_000 }),
  journal('p99 of others beside it', 'ms', 'besideImport', 'most', { sqlite: 250, postgresql: 250 }),
  journal('memory, importing', 'MiB', 'importMemory', 'most', { sqlite: 200, postgresql: 200 }),
  journal('export of 200,000 lines', '/s', 'exported', 'least', {}),
  journal('memory, exporting', 'MiB', 'exportMemory', 'most', { sqlite: 200, postgresql: 200 }),
];

const chat = (
  name: string,
  unit: string,
  bound: Goal['bound'],
  targets: Goal['targets'],
  of: Goal<ChatResult>['of'],
  digits = 0,
): Goal<ChatResult> => ({ name, unit, digits, bound, targets, of });

const chatCase = (
  name: string,
  unit: string,
  bound: Goal['bound'],
  targets: Goal['targets'],
  of: string,
  figure: (run: FireResult) => number,
) => chat(name, unit, bound, targets, result => medianOf(result, of, figure));

const onSql = (target: number): Goal['targets'] => ({ sqlite: target, postgresql: target });

const p99 = (run: FireResult) => run.p99;
const generator = (run: FireResult) => run.generatorBusy * 100;

/** What `npm run bench -- chat` measures. */
export const CHAT_GOALS: readonly Goal<ChatResult>[] = [
  chatCase('one room, 20 a second: p99', 'ms', 'most', onSql(40), CASES.slow, p99),
  chatCase('one room, 1,000 a second', 'deliveries/s', 'least', onSql(1_000_000), CASES.fast, deliveriesOf),
  chatCase('its p99', 'ms', 'most', onSql(250), CASES.fast, p99),
  chatCase('its load generator, of a core', '%', 'most', onSql(80), CASES.fast, generator),
  chatCase('one room, most that holds', 'deliveries/s', 'least', {}, CASES.most, heldBy),
  chatCase('its load generator, of a core', '%', 'most', onSql(80), CASES.most, generator),
  chatCase('bare ws, most that holds', 'deliveries/s', 'least', {}, CASES.bare, heldBy),
  chatCase('its load generator, of a core', '%', 'most', onSql(80), CASES.bare, generator),
  chat('times the bare ws', '', 'least', {}, result => ratioOf(result, CASES.most, CASES.bare), 1),
  chat('many rooms, messages stored', '/s', 'least', { sqlite: 5000, postgresql: 3000 }, result =>
    medianOf(result, CASES.rooms, run => heldBy(run) / result.roomMembers),
  ),
  chatCase('their p99', 'ms', 'most', onSql(250), CASES.rooms, p99),
  chatCase('rooms that did not get all', '', 'most', onSql(0), CASES.rooms, run => run.roomsBehind),
  chatCase('their load generator, of a core', '%', 'most', onSql(80), CASES.rooms, generator),
  chat('idle sockets', '', 'least', onSql(10_000), ({ idle }) => idle.amount),
  chat('memory of one, in no room', 'KiB', 'most', onSql(20), ({ idle }) => idle.connected, 1),
  chat('memory of one, in a room', 'KiB', 'most', onSql(20), ({ idle }) => idle.joined, 1),
  chat('1,000 back after a restart', 's', 'most', onSql(3), ({ resumed }) => resumed, 2),
  chat('two processes, times one', '', 'least', onSql(1.5), ({ twoProcesses }) => twoProcesses?.counted, 2),
  chat('as measured', '', 'least', {}, ({ twoProcesses }) => twoProcesses?.measured, 2),
  chat('by processor time', '', 'least', {}, ({ twoProcesses }) => twoProcesses?.byProcessorTime, 2),
];

function ratioOf(result: ChatResult, one: string, other: string): number | undefined {
  const [of, by] = [medianOf(result, one, heldBy), medianOf(result, other, heldBy)];
  return of && by && of / by;
}

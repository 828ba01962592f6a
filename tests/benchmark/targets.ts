import type { JournalFigures } from './measure-journal.ts';
import type { StorageResult } from './measure-storage.ts';
import type { StorageName } from './options.ts';

/** One line of the side by side table: what is measured, and what it should be at least or at most. */
export interface Goal {
  readonly name: string;
  readonly unit: string;
  readonly digits: number;
  readonly bound: 'least' | 'most';
  readonly targets: Partial<Record<StorageName, number>>;
  of(result: StorageResult): number | undefined;
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

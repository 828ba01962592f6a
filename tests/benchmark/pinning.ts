import { works } from './leftovers.ts';

const SERVER_CORE = '0';
const LOAD_CORE = '1';
const THIRD_CORE = '2';

/** Where the processes run: servers on one core, the load generator and PostgreSQL on another. */
export interface Pinning {
  /** One sentence for the report. */
  readonly description: string;
  /** The command line that runs Node as a server. */
  serverCommand(args: readonly string[]): readonly [string, ...string[]];
  /** The same for a second server: on a core of its own where there is a third one, else on the load's. */
  secondServerCommand(args: readonly string[]): readonly [string, ...string[]];
  readonly secondHasOwnCore: boolean;
}

/**
 * Moves this process to the load's core, so that all that it starts (load generators, PostgreSQL) inherits that,
 * unless it is a server. Where the machine has one core or no `taskset`, nothing is pinned.
 */
export function pin(): Pinning {
  const canPin =
    works('taskset', ['-c', SERVER_CORE, 'true']) &&
    works('taskset', ['-a', '-c', '-p', LOAD_CORE, String(process.pid)]);
  if (!canPin)
    return {
      description: 'Nothing was pinned (no `taskset`, or one core): figures of such a run compare badly.',
      serverCommand: args => [process.execPath, ...args],
      secondServerCommand: args => [process.execPath, ...args],
      secondHasOwnCore: false,
    };
  const secondHasOwnCore = works('taskset', ['-c', THIRD_CORE, 'true']);
  const on = (core: string, args: readonly string[]) =>
    ['taskset', '-c', core, process.execPath, ...args] as const;
  return {
    description: `Servers on core ${SERVER_CORE}; load generator and PostgreSQL on core ${LOAD_CORE}.`,
    serverCommand: args => on(SERVER_CORE, args),
    secondServerCommand: args => on(secondHasOwnCore ? THIRD_CORE : LOAD_CORE, args),
    secondHasOwnCore,
  };
}

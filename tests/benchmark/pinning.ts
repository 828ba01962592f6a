import { works } from './leftovers.ts';

const SERVER_CORE = '0';
const LOAD_CORE = '1';

/** Where the processes run: servers on one core, the load generator and PostgreSQL on another. */
export interface Pinning {
  /** One sentence for the report. */
  readonly description: string;
  /** The command line that runs Node as a server. */
  serverCommand(args: readonly string[]): readonly [string, ...string[]];
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
    };
  return {
    description: `Servers on core ${SERVER_CORE}; load generator and PostgreSQL on core ${LOAD_CORE}.`,
    serverCommand: args => ['taskset', '-c', SERVER_CORE, process.execPath, ...args],
  };
}

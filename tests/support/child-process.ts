import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { onTestFinished } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

/** Milliseconds until a process that should have said something, or ended, has failed the test. On a busy machine starts are slow. */
const PATIENCE = 30_000;

export type Environment = Readonly<Record<string, string>>;

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of the running test, which does not outlive it. */
export interface TestProcess {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Waits until standard output holds this, and fails when the process ends before. */
  prints(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends its standard input with this. */
  input(text: string): void;
  /** Sends it to this process alone. */
  signal(signal: NodeJS.Signals): void;
  /** Waits until it and everybody who can write to its output have ended. */
  ended(): Promise<Ending>;
}

/** Runs a command of the project in a process group of its own, with nothing of the tests' environment. */
export function startProcess(command: readonly [string, ...string[]], environment: Environment): TestProcess {
  const [file, ...args] = command;
  const { HOME = '/', PATH = '' } = process.env;
  const child = spawn(file, args, { cwd: ROOT, detached: true, env: { HOME, PATH, ...environment } });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  // A command may end without having read its input.
  child.stdin.on('error', () => undefined);
  let ending: Ending | undefined;
  const closed = once(child, 'close').then(([code, signal]): Ending => {
    ending = { code, signal };
    return ending;
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} cannot be run.`);
  const describe = () => `${command.join(' ')} (${JSON.stringify(ending)})\n${output.stdout}${output.stderr}`;
  const killGroup = () => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody is left in it.
    }
  };
  process.once('exit', killGroup);
  onTestFinished(async () => {
    killGroup();
    await closed;
    process.off('exit', killGroup);
  });
  return {
    pid,
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    async prints(pattern) {
      const printed = new Promise<RegExpExecArray>(found => {
        const look = () => {
          const match = pattern.exec(output.stdout);
          if (match) found(match);
        };
        child.stdout.on('data', look);
        look();
      });
      const tooEarly = closed.then(() => {
        const match = pattern.exec(output.stdout);
        if (match) return match;
        throw new Error(`The process ended before it printed ${pattern}: ${describe()}`);
      });
      return within(PATIENCE, Promise.race([printed, tooEarly]), () => `${pattern} of ${describe()}`);
    },
    input: text => void child.stdin.end(text),
    signal: signal => void child.kill(signal),
    ended: () => within(PATIENCE, closed, () => `the end of ${describe()}`),
  };
}

/** @throws Error when the promise is not kept within these milliseconds */
export async function within<T>(milliseconds: number, promise: Promise<T>, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Waited ${milliseconds} ms in vain for ${what()}`)),
      milliseconds,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

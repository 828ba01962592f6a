import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { killAtExit } from './leftovers.ts';
import type { LoadOrder, LoadResult } from './load.ts';

const LOAD = resolve(import.meta.dirname, 'load.ts');

/** What a load generator may take beyond its time, in seconds: autocannon waits 10 s for an answer. */
const GRACE = 20;

/** Runs the load generator once. */
export function generateLoad(order: LoadOrder): Promise<LoadResult> {
  const timeout = (order.warmUpSeconds + order.seconds + GRACE) * 1000;
  return new Promise((fulfil, reject) => {
    const done = (error: Error | null, output: string) => {
      if (error) reject(new Error(`The load generator failed: ${error.message}`));
      else fulfil(JSON.parse(output) as LoadResult);
    };
    const options = { timeout, killSignal: 'SIGKILL', encoding: 'utf8' } as const;
    killAtExit(execFile(process.execPath, [LOAD, JSON.stringify(order)], options, done));
  });
}

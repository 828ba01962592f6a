import { Limits } from '../../src/platform/limits/limits.ts';
import { memoryLimiters } from '../../src/platform/limits/memory-limiters.ts';
import { Metrics } from '../../src/platform/metrics/metrics.ts';
import { type LogLine, logLines } from './log-lines.ts';

export interface TestLimits {
  readonly limits: Limits;
  readonly lines: LogLine[];
  /** How often something was let through uncounted. */
  failures(): Promise<number>;
}

export function memoryLimits(limiters = memoryLimiters(1000)): TestLimits {
  const { log, lines } = logLines();
  const { limitFailures } = new Metrics();
  return {
    limits: new Limits(limiters, log, limitFailures),
    lines,
    failures: async () => (await limitFailures.get()).values[0]?.value ?? 0,
  };
}

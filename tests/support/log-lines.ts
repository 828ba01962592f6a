import { pino } from 'pino';
import type { Log } from '../../src/platform/logging/log.ts';

export interface LogLine {
  readonly level: string;
  readonly msg: string;
}

/** A log that keeps what is written to it. */
export function logLines(level = 'info'): { readonly log: Log; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const formatters = { level: (level: string) => ({ level }) };
  const log = pino({ level, base: null, formatters }, { write: line => lines.push(JSON.parse(line)) });
  return { log, lines };
}

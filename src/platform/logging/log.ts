import cluster from 'node:cluster';
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import type { Settings } from '../configuration/settings.ts';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'flush' | 'isLevelEnabled'>;

/** Lines of JSON on standard output; readable ones on a terminal. Of several workers each says which it is. */
export async function createLog({
  logLevel,
  logFormat,
}: Pick<Settings, 'logLevel' | 'logFormat'>): Promise<Log> {
  const options: LoggerOptions = {
    level: logLevel,
    base: cluster.isWorker ? { worker: process.pid } : null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
  };
  const isPretty = logFormat === 'pretty' || (logFormat === 'auto' && process.stdout.isTTY === true);
  return isPretty ? pino(options, await prettyStream()) : pino(options);
}

async function prettyStream(): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({
    colorize: true,
    ignore: 'request_id,trace_id,span_id',
    translateTime: 'SYS:HH:MM:ss.l',
    sync: true,
  });
}

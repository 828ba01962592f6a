import { onTestFinished } from 'vitest';
import { Metrics } from '../../src/platform/metrics/metrics.ts';
import type { OutboundService, ServiceOptions } from '../../src/platform/outbound/guarded-service.ts';
import { Outbound } from '../../src/platform/outbound/outbound.ts';
import { OutboundFailure } from '../../src/platform/outbound/outbound-failure.ts';
import { type LogLine, logLines } from './log-lines.ts';

const PATIENT: Omit<ServiceOptions, 'origin'> = {
  name: 'other',
  headers: {},
  timeout: 20_000,
  maxBytes: 10_000,
  maxInFlight: 10,
  failures: 1000,
  pause: 3_600_000,
  allowPrivate: true,
};

export interface TestOutbound {
  readonly service: OutboundService;
  readonly lines: LogLine[];
  /** What is answered, or the reason why nothing is. */
  ask(path?: string, signal?: AbortSignal): Promise<unknown>;
  /** What Prometheus reads of it. */
  metrics(): Promise<string>;
  close(): Promise<void>;
}

/** Another server that is asked, which has all the time it wants and may be on this machine unless a test says otherwise. */
export function outboundTo(origin: string, change: Partial<ServiceOptions> = {}): TestOutbound {
  const { log, lines } = logLines();
  const metrics = new Metrics();
  const outbound = new Outbound(log, metrics.outbound);
  const service = outbound.service({ ...PATIENT, origin, ...change });
  onTestFinished(() => outbound.close());
  return {
    service,
    lines,
    ask: (path = '/', signal = new AbortController().signal) =>
      service.getJson(path, { signal, headers: {} }).catch((error: unknown) => {
        if (error instanceof OutboundFailure) return error.reason;
        throw error;
      }),
    metrics: async () =>
      (await metrics.registry.metrics())
        .split('\n')
        .filter(line => line.startsWith('atrium_outbound'))
        .join('\n'),
    close: () => outbound.close(),
  };
}

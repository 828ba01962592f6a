import type { Log } from '../logging/log.ts';
import type { OutboundMetrics } from '../metrics/metrics.ts';
import type { Asking, GuardedService, OutboundService, ServiceOptions } from './guarded-service.ts';

/**
 * Where this server asks others. Each service has limits, connections and a circuit of its own. Undici is loaded with
 * the first service, because most servers ask nobody and would carry its 14 MiB for nothing.
 */
export class Outbound {
  private readonly log: Log;
  private readonly metrics: OutboundMetrics;
  private readonly services: Promise<GuardedService>[] = [];

  constructor(log: Log, metrics: OutboundMetrics) {
    this.log = log;
    this.metrics = metrics;
  }

  service(options: ServiceOptions): OutboundService {
    const service = import('./guarded-service.ts').then(
      ({ GuardedService }) => new GuardedService(options, this.log, this.metrics),
    );
    // Whoever asks is told.
    service.catch(() => undefined);
    this.services.push(service);
    return { getJson: async (path: string, asking: Asking) => (await service).getJson(path, asking) };
  }

  /** Breaks off what is still being asked. */
  async close(): Promise<void> {
    await Promise.all(this.services.map(async service => (await service).close()));
  }
}

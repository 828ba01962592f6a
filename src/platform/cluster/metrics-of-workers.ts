import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Workers } from './workers.ts';

export const METRICS = 'metrics';

/** Milliseconds, fewer than Prometheus waits by default. */
const TIMEOUT = 3000;

type Values = Parameters<typeof AggregatorRegistry.aggregate>[0];

/** The metrics of all workers and of the primary, as one. One that does not answer in time is left out. */
export class MetricsOfWorkers {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  private readonly workers: Workers;
  private readonly own = new Registry();

  constructor(workers: Workers) {
    this.workers = workers;
    collectDefaultMetrics({ register: this.own });
    new Gauge({
      name: 'atrium_workers',
      help: 'Workers that work.',
      registers: [this.own],
      collect() {
        this.set(workers.ready.length);
      },
    });
    new Counter({
      name: 'atrium_workers_replaced_total',
      help: 'Workers that took the place of one that ended.',
      registers: [this.own],
      collect() {
        this.reset();
        this.inc(workers.replaced);
      },
    });
  }

  async metrics(): Promise<string> {
    const asked = await Promise.allSettled(
      this.workers.ready.map(worker => worker.ask(METRICS, null, TIMEOUT)),
    );
    const answers = asked.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []));
    const all = [...answers, await this.own.getMetricsAsJSON()] as unknown as Values;
    return AggregatorRegistry.aggregate(all).metrics();
  }
}

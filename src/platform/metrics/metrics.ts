import { collectDefaultMetrics, Registry } from 'prom-client';
import { RequestMetric } from './request-metric.ts';

/** What Prometheus reads of this process. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new RequestMetric();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.registry.registerMetric(this.requests.asMetric());
  }
}

import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** From a read out of a cache to a request that waited for a lock, in seconds. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What Prometheus reads of this process. */
export class Metrics {
  readonly registry = new Registry();
  readonly requestDuration: Histogram<'endpoint' | 'status'>;
  readonly unexpectedErrors: Counter;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.requestDuration = new Histogram({
      name: 'atrium_http_request_duration_seconds',
      help: 'Time from the first byte of a request to the end of its answer.',
      labelNames: ['endpoint', 'status'],
      buckets: DURATION_BUCKETS,
      registers: [this.registry],
    });
    this.unexpectedErrors = new Counter({
      name: 'atrium_unexpected_errors_total',
      help: 'Requests that were answered with 500.',
      registers: [this.registry],
    });
  }
}

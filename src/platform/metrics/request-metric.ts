import { Histogram } from 'prom-client';

/** From a read out of a cache to a request that waited for a lock, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Labels = 'endpoint' | 'status';

/** How long requests took, by endpoint and status. */
export class RequestMetric {
  readonly metric = new Histogram<Labels>({
    name: 'atrium_http_request_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['endpoint', 'status'],
    buckets: BUCKETS,
    registers: [],
  });

  observe(endpoint: string | undefined, status: number, seconds: number): void {
    this.metric.observe({ endpoint: endpoint ?? 'none', status }, seconds);
  }
}

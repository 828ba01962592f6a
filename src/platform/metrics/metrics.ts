import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import { RequestMetric } from './request-metric.ts';

/** What Prometheus reads of this process. */
export class Metrics {
  readonly registry = new Registry();
  readonly requests = new RequestMetric();
  readonly limitFailures = new Counter({
    name: 'atrium_rate_limit_failures_total',
    help: 'Requests and attempts that were let through because they could not be counted.',
    registers: [this.registry],
  });
  readonly keptAnswers = new Counter({
    name: 'atrium_kept_answers_total',
    help: 'Answers of endpoints whose answers are kept, by whether they were found.',
    labelNames: ['found'] as const,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.registry.registerMetric(this.requests.asMetric());
  }
}

import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
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
  readonly cachedAnswers = new Counter({
    name: 'atrium_cached_answers_total',
    help: 'Answers of endpoints whose answers are cached, by whether they were in the cache.',
    labelNames: ['found'] as const,
    registers: [this.registry],
  });
  /** Of the questions that this server asks others. */
  readonly outbound = {
    answers: new Counter({
      name: 'atrium_outbound_answers_total',
      help: 'What came of questions to other servers: ok, or why there was no answer.',
      labelNames: ['service', 'outcome'] as const,
      registers: [this.registry],
    }),
    circuits: new Gauge({
      name: 'atrium_outbound_circuit_state',
      help: 'Whether another server is asked: 0 yes, 1 it is being tried again, 2 not for a while.',
      labelNames: ['service'] as const,
      aggregator: 'max',
      registers: [this.registry],
    }),
  };
  /** Of the WebSockets. */
  readonly sockets = {
    open: new Gauge({
      name: 'atrium_sockets_open',
      help: 'Open WebSockets.',
      registers: [this.registry],
    }),
    received: new Counter({
      name: 'atrium_socket_frames_received_total',
      help: 'Frames that clients sent.',
      registers: [this.registry],
    }),
    sent: new Counter({
      name: 'atrium_socket_frames_sent_total',
      help: 'Frames that were sent to clients.',
      registers: [this.registry],
    }),
    closed: new Counter({
      name: 'atrium_sockets_closed_total',
      help: 'WebSockets that have ended, by the code with which they were closed; 1006 is a broken connection.',
      labelNames: ['code'] as const,
      registers: [this.registry],
    }),
  };

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.registry.registerMetric(this.requests.asMetric());
  }
}

export type OutboundMetrics = Metrics['outbound'];
export type SocketMetrics = Metrics['sockets'];

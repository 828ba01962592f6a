import type { Log } from '../logging/log.ts';
import type { OutboundMetrics } from '../metrics/metrics.ts';
import { Circuit, type CircuitName, type CircuitOptions } from './circuit.ts';
import { JsonClient, type JsonClientOptions } from './json-client.ts';
import { OutboundFailure } from './outbound-failure.ts';

export interface ServiceOptions
  extends Omit<JsonClientOptions, 'maxConnections'>,
    Omit<CircuitOptions, 'onChange'> {
  /** As lines of the log and metrics name it. */
  readonly name: string;
  /** Milliseconds for a whole question, from the moment in which it is asked. */
  readonly timeout: number;
}

export interface Asking {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
}

export interface OutboundService {
  /** @throws OutboundFailure, within the time limit */
  getJson(path: string, asking: Asking): Promise<unknown>;
}

/** As the gauge shows them. */
const STATES: Readonly<Record<CircuitName, number>> = { closed: 0, half_open: 1, open: 2 };

const CHANGES = {
  closed: 'Another server works again',
  half_open: 'Another server is tried again',
  open: 'Another server does not work and is not asked for a while',
} as const;

/** One other server, behind its limits and its circuit. */
export class GuardedService implements OutboundService {
  private readonly name: string;
  private readonly timeout: number;
  private readonly client: JsonClient;
  private readonly circuit: Circuit;
  private readonly log: Log;
  private readonly metrics: OutboundMetrics;

  constructor(options: ServiceOptions, log: Log, metrics: OutboundMetrics) {
    const { name, timeout, maxInFlight } = options;
    this.name = name;
    this.timeout = timeout;
    this.log = log;
    this.metrics = metrics;
    this.client = new JsonClient({ ...options, maxConnections: maxInFlight });
    this.circuit = new Circuit({ ...options, onChange: (state, cause) => this.changed(state, cause) });
    metrics.circuits.set({ service: name }, STATES.closed);
  }

  async getJson(path: string, { signal: left, headers }: Asking): Promise<unknown> {
    const signal = AbortSignal.any([AbortSignal.timeout(this.timeout), left]);
    try {
      const answer = await this.circuit.run(() => this.client.get(path, { signal, headers }), signal);
      this.count('ok');
      return answer;
    } catch (error) {
      this.failed(error);
      throw error;
    }
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private failed(error: unknown): void {
    if (!(error instanceof OutboundFailure)) return;
    const { reason, code } = error;
    this.count(reason);
    this.log.debug({ service: this.name, reason, code }, 'Another server did not answer as it should');
  }

  private count(outcome: string): void {
    this.metrics.answers.inc({ service: this.name, outcome });
  }

  private changed(state: CircuitName, cause: OutboundFailure | undefined): void {
    this.metrics.circuits.set({ service: this.name }, STATES[state]);
    const { reason, code } = cause ?? {};
    this.log[state === 'open' ? 'warn' : 'info']({ service: this.name, reason, code }, CHANGES[state]);
  }
}

import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  TaskCancelledError,
} from 'cockatiel';
import { OutboundFailure } from './outbound-failure.ts';

export type CircuitName = 'closed' | 'half_open' | 'open';

export interface CircuitOptions {
  /** How many failures in a row open it. */
  readonly failures: number;
  /** Milliseconds that it stays open before one question is let through. */
  readonly pause: number;
  readonly maxInFlight: number;
  /** The cause is why it opened. */
  readonly onChange: (state: CircuitName, cause: OutboundFailure | undefined) => void;
}

/**
 * Questions that may wait, for each that is being asked. More would only wait for their time to be over, unless the
 * other server answers in less than a tenth of it.
 */
const WAITING_PER_PLACE = 10;

const NAMES = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
} as const satisfies Record<CircuitState, CircuitName>;

/**
 * Asks another server at most so many things at once, and nothing for a while when it does not work. It has no timers:
 * whether the pause is over is looked at by the next question.
 */
export class Circuit {
  private readonly breaker: CircuitBreakerPolicy;
  private readonly places: ReturnType<typeof bulkhead>;

  constructor({ failures, pause, maxInFlight, onChange }: CircuitOptions) {
    this.places = bulkhead(maxInFlight, maxInFlight * WAITING_PER_PLACE);
    this.breaker = circuitBreaker(
      handleWhen(error => this.isFailure(error)),
      { halfOpenAfter: pause, breaker: new ConsecutiveBreaker(failures) },
    );
    let cause: OutboundFailure | undefined;
    this.breaker.onBreak(broken => {
      cause = 'error' in broken && broken.error instanceof OutboundFailure ? broken.error : undefined;
    });
    this.breaker.onStateChange(state =>
      onChange(NAMES[state], state === CircuitState.Open ? cause : undefined),
    );
  }

  /** @throws OutboundFailure */
  async run<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    // Others would wait here for what becomes of the one that is let through.
    if (this.breaker.state === CircuitState.HalfOpen) throw new OutboundFailure('open_circuit');
    const waits = this.places.executionSlots === 0;
    const outcome = await this.breaker
      .execute(() => this.places.execute(() => healthOf(ask, waits), signal))
      .catch((error: unknown) => {
        throw failureOf(error);
      });
    if ('failure' in outcome) throw outcome.failure;
    return outcome.answer;
  }

  /** While one question is let through, what says nothing of the other server does not close the circuit either. */
  private isFailure(error: unknown): boolean {
    if (error instanceof OutboundFailure && error.health === 'unwell') return true;
    return this.breaker.state === CircuitState.HalfOpen;
  }
}

type Outcome<T> = { readonly answer: T } | { readonly failure: OutboundFailure };

/**
 * To the breaker whatever a server answers that works is a success. Whoever had to wait here before asking has not
 * left it all of the time, so that being late says nothing.
 */
async function healthOf<T>(ask: () => Promise<T>, waited: boolean): Promise<Outcome<T>> {
  try {
    return { answer: await ask() };
  } catch (failure) {
    if (!(failure instanceof OutboundFailure)) throw failure;
    if (failure.health === 'well') return { failure };
    throw waited && failure.reason === 'timeout' ? late() : failure;
  }
}

const late = () => new OutboundFailure('timeout', { health: 'unknown' });

function failureOf(error: unknown): unknown {
  if (error instanceof BrokenCircuitError) return new OutboundFailure('open_circuit');
  if (error instanceof BulkheadRejectedError) return new OutboundFailure('busy');
  if (error instanceof TaskCancelledError) return late();
  return error;
}

/** What can go wrong with a question to another server. */
export const OUTBOUND_REASONS = [
  'timeout',
  'unreachable',
  'status',
  'redirect',
  'too_large',
  'not_json',
  'refused_address',
  'open_circuit',
  'busy',
] as const;

export type OutboundReason = (typeof OUTBOUND_REASONS)[number];

/** What a failure says of the other server: it works, it does not, or nothing, because it was not really asked. */
export type Health = 'well' | 'unwell' | 'unknown';

const HEALTH: Readonly<Record<OutboundReason, Health>> = {
  timeout: 'unwell',
  unreachable: 'unwell',
  status: 'well',
  redirect: 'well',
  too_large: 'well',
  not_json: 'well',
  refused_address: 'unknown',
  open_circuit: 'unknown',
  busy: 'unknown',
};

/** Why another server's answer is not there. Its message and code never hold an address or a header. */
export class OutboundFailure extends Error {
  readonly reason: OutboundReason;
  readonly health: Health;
  /** The system's name of the cause, such as ECONNREFUSED, or the status. */
  readonly code?: string;

  constructor(
    reason: OutboundReason,
    { health = HEALTH[reason], code }: { readonly health?: Health; readonly code?: string } = {},
  ) {
    super(`The other server's answer is not there: ${reason}`);
    this.reason = reason;
    this.health = health;
    if (code !== undefined) this.code = code;
  }
}

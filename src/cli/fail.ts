import { DomainError } from '../kernel/errors.ts';
import { StartError } from '../platform/configuration/settings.ts';

/** Ends the process with one line for the operator; what nobody expected is thrown on, with its stack. */
export function fail(error: unknown): void {
  if (!(error instanceof StartError || error instanceof DomainError)) throw error;
  const { cause } = error;
  const reason = cause instanceof Error ? ` (${cause.message})` : '';
  console.error(`atrium: ${error.message}${reason}`);
  process.exitCode = 1;
}

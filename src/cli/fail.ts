import { DomainError } from '../kernel/errors.ts';
import { StartError } from '../platform/configuration/settings.ts';

/** Ends the process with one line for the operator; what nobody expected is thrown on, with its stack. */
export function fail(error: unknown): void {
  const line = failureLine(error);
  if (line === undefined) throw error;
  console.error(`atrium: ${line}`);
  process.exitCode = 1;
}

/** Undefined where nobody expected it. */
export function failureLine(error: unknown): string | undefined {
  if (!(error instanceof StartError || error instanceof DomainError)) return undefined;
  const { cause } = error;
  return `${error.message}${cause instanceof Error ? ` (${cause.message})` : ''}`;
}

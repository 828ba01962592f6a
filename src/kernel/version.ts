import { VersionMismatch } from './errors.ts';

/**
 * Makes sure that what is about to be changed is still what the change was decided on; without an expected version the
 * newest is changed.
 * @throws VersionMismatch
 */
export function requireVersion(
  { version }: { readonly version: number },
  expectedVersion: number | undefined,
): void {
  if (expectedVersion !== undefined && version !== expectedVersion) throw new VersionMismatch();
}

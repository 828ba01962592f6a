import type { Principal } from '../../../kernel/principal.ts';
import { PersonalTokenRefused } from '../domain/access-token-errors.ts';

/** Scanners for leaked secrets know a personal access token by it. */
export const PERSONAL_TOKEN_PREFIX = 'atp_';

/**
 * A program that acts for somebody must not take their account over.
 * @throws PersonalTokenRefused
 */
export function requirePerson({ isPerson }: Principal): void {
  if (!isPerson) throw new PersonalTokenRefused();
}

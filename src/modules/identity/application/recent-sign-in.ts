import type { Principal } from '../../../kernel/principal.ts';
import { SignInTooOld } from '../domain/session-errors.ts';
import { requirePerson } from './personal-token.ts';

/** Minutes. */
const RECENT = 10;

/**
 * What could lock somebody out of their account wants proof that it is still them who asks.
 * @throws SignInTooOld, PersonalTokenRefused
 */
export function requireRecentSignIn(by: Principal, now: Date): void {
  requirePerson(by);
  if (now.getTime() - by.signedInAt.getTime() > RECENT * 60_000) throw new SignInTooOld();
}

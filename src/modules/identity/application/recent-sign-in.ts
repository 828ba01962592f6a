import type { Principal } from '../../../kernel/principal.ts';
import { SignInTooOld } from '../domain/errors.ts';

/** Minutes. */
const RECENT = 10;

/**
 * What could lock somebody out of their account wants proof that it is still them who asks.
 * @throws SignInTooOld
 */
export function requireRecentSignIn({ signedInAt }: Principal, now: Date): void {
  if (now.getTime() - signedInAt.getTime() > RECENT * 60_000) throw new SignInTooOld();
}

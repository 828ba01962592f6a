import type { CLOSE } from '../../platform/ws/protocol.ts';

type Codes = typeof CLOSE;

// The types are the server's numbers: where they differ, this does not compile.
const RESTART: Codes['restart'] = 1012;
const TRY_LATER: Codes['tryLater'] = 1013;
const TOO_MANY_FRAMES: Codes['tooManyFrames'] = 4429;
const SESSION_ENDED: Codes['sessionEnded'] = 4401;
const PROTOCOL_ERROR: Codes['protocolError'] = 1002;
const BAD_TEXT: Codes['badText'] = 1007;
const POLICY: Codes['policy'] = 1008;
const TOO_BIG: Codes['tooBig'] = 1009;

/** What would happen again (RFC 6455, section 7.4.1; 1003 and 1010 are the rest of its kind). */
const FINAL: ReadonlySet<number> = new Set([PROTOCOL_ERROR, 1003, BAD_TEXT, POLICY, TOO_BIG, 1010]);

/** Milliseconds of the first pause at most, and of any. */
const FIRST = 1000;
const LONGEST = 30_000;

/** Milliseconds over which those come back whom a restart has sent away. */
const AFTER_RESTART = 10_000;

/** Milliseconds at least for a server that has too much to do. */
const RESPITE = 10_000;

export const isFinal = (code: number | undefined) => code !== undefined && FINAL.has(code);

export const wantsNewCredentials = (code: number | undefined) => code === SESSION_ENDED;

/** Exponential, and anything below it: all who were cut off together come back one by one. `attempts` failed before. */
export function backOff(attempts: number, random: () => number): number {
  return random() * Math.min(LONGEST, FIRST * 2 ** attempts);
}

/** Milliseconds until the next attempt after a connection was closed with this code. */
export function pauseAfter(code: number | undefined, attempts: number, random: () => number): number {
  if (code === RESTART) return random() * AFTER_RESTART;
  if (code === TRY_LATER || code === TOO_MANY_FRAMES) return RESPITE + random() * (LONGEST - RESPITE);
  return backOff(attempts, random);
}

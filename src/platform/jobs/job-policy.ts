/** How jobs are tried, on every storage alike. */

export const MAX_ATTEMPTS = 10;

/** Seconds. */
export const FIRST_DELAY = 2;
export const LONGEST_DELAY = 3600;

/** Seconds that one attempt may take; afterwards it is given up, and somebody else may try. */
export const TIME_LIMIT = 300;

/** Jobs of one process at once; on PostgreSQL, of one process and type. */
export const CONCURRENCY = 4;

/** Milliseconds between two reports of progress that are written. */
export const REPORT_INTERVAL = 500;

/** Milliseconds between two looks, where no event says that there is something to do. */
export const POLL_INTERVAL = 1000;

/** Days for which what was done, and what is dead, can still be looked at. */
export const KEEP_DONE = 7;
export const KEEP_DEAD = 30;

/** Milliseconds before the next attempt: doubled each time, half of it by chance so that many do not come at once. */
export function delayAfter(attempt: number, random: number = Math.random()): number {
  const longest = Math.min(FIRST_DELAY * 2 ** (attempt - 1), LONGEST_DELAY) * 1000;
  return longest / 2 + (random * longest) / 2;
}

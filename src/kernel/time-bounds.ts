/** Milliseconds: the years 1 to 9999, which RFC 3339 can write and every storage can compare. */
export const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
export const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** False also where it is no number, as of a leap second, which no `Date` can be. */
export function isWithinTime(milliseconds: number): boolean {
  return milliseconds >= EARLIEST && milliseconds <= LATEST;
}

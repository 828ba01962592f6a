import { describe, expect, it } from 'vitest';
import { delayAfter, FIRST_DELAY, LONGEST_DELAY, MAX_ATTEMPTS } from '../../src/platform/jobs/job-policy.ts';

/** The greatest number below 1, as `Math.random` may answer it. */
const ALMOST_ONE = 1 - Number.EPSILON / 2;

const ATTEMPTS = Array.from({ length: MAX_ATTEMPTS }, (_, index) => index + 1);

describe('the delay before the next attempt', () => {
  it.each([
    [1, 1000, 2000],
    [2, 2000, 4000],
    [3, 4000, 8000],
    [9, 256_000, 512_000],
    [11, 1_024_000, 2_048_000],
    [12, 1_800_000, 3_600_000],
    [100, 1_800_000, 3_600_000],
    [10_000, 1_800_000, 3_600_000],
  ])('after attempt %d is from %d to %d milliseconds', (attempt, least, most) => {
    expect(delayAfter(attempt, 0)).toBe(least);
    expect(delayAfter(attempt, 0.5)).toBe((least + most) / 2);
    expect(delayAfter(attempt, ALMOST_ONE)).toBeCloseTo(most, 3);
  });

  it('is left to chance within its bounds', () => {
    for (const attempt of ATTEMPTS) {
      const delays = Array.from({ length: 200 }, () => delayAfter(attempt));
      const longest = Math.min(FIRST_DELAY * 2 ** (attempt - 1), LONGEST_DELAY) * 1000;
      expect(Math.min(...delays)).toBeGreaterThanOrEqual(longest / 2);
      expect(Math.max(...delays)).toBeLessThanOrEqual(longest);
      expect(Math.max(...delays) - Math.min(...delays)).toBeGreaterThan(longest / 4);
    }
  });

  it('never gets shorter from one attempt to the next by more than chance', () => {
    for (const attempt of ATTEMPTS)
      expect(delayAfter(attempt + 1, 0)).toBeGreaterThanOrEqual(delayAfter(attempt, ALMOST_ONE) - 1);
  });

  it('adds up to minutes, so that a short outage uses up no job', () => {
    const waits = ATTEMPTS.slice(0, -1).map(attempt => delayAfter(attempt, 0));
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(5 * 60_000);
  });
});

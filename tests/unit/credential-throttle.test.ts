import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RateLimitedCredentials } from '../../src/modules/identity/adapters/throttle/rate-limited-credentials.ts';
import type {
  Attempt,
  CredentialThrottle,
} from '../../src/modules/identity/application/credential-throttle.ts';
import { TooManyAttempts } from '../../src/modules/identity/domain/password-errors.ts';
import { memoryLimits } from '../support/limits.ts';

const ALICE: Attempt = { account: 'alice', origin: '192.0.2.1' };

/** Seconds that each pause lasts, the first one first. */
const PAUSES = [15, 30, 60, 120, 240, 480, 900, 900];

describe('guessing a password', () => {
  let throttle: CredentialThrottle;
  let failures: () => Promise<number>;

  beforeEach(() => {
    vi.useFakeTimers();
    const kept = memoryLimits();
    failures = kept.failures;
    throttle = new RateLimitedCredentials(kept.limits);
  });
  afterEach(async () => {
    expect(await failures()).toBe(0);
    vi.useRealTimers();
  });

  /** Seconds to wait, or 0 where the attempt is looked at. */
  const attempt = async (change: Partial<Attempt> = {}): Promise<number> => {
    try {
      await throttle.admit({ ...ALICE, ...change });
      return 0;
    } catch (error) {
      if (error instanceof TooManyAttempts) return error.retryAfter;
      throw error;
    }
  };
  const attempts = async (count: number, change: (number: number) => Partial<Attempt> = () => ({})) => {
    const waits = [];
    for (let number = 0; number < count; number++) waits.push(await attempt(change(number)));
    return waits;
  };
  const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

  it('is looked at five times, then not for 15 seconds', async () => {
    expect(await attempts(6)).toEqual([0, 0, 0, 0, 0, 15]);
    await pass(14.5);
    expect(await attempt()).toBe(1);
    await pass(0.5);
    expect(await attempt()).toBe(0);
  });

  it('is paused twice as long each time, up to a quarter of an hour', async () => {
    const waits = [];
    for (const pause of PAUSES) {
      const round = await attempts(6);
      expect(round.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
      waits.push(round[5]);
      await pass(pause);
    }
    expect(waits).toEqual(PAUSES);
  });

  it('does not lengthen a pause by going on, and learns how long it still lasts', async () => {
    await attempts(6);
    await pass(5);
    expect(await attempts(20)).toEqual(Array(20).fill(10));
    await pass(10);
    expect(await attempts(6)).toEqual([0, 0, 0, 0, 0, 30]);
  });

  it('counts from the start after the right one, pauses too', async () => {
    await attempts(6);
    await pass(15);
    await attempts(4);
    await throttle.succeeded(ALICE);
    expect(await attempts(6)).toEqual([0, 0, 0, 0, 0, 15]);
  });

  it('is forgotten after a quarter of an hour without one', async () => {
    const bob = () => ({ account: 'bob' });
    await attempts(5);
    await attempts(5, bob);
    await pass(899);
    expect(await attempt()).toBe(15);
    await pass(1);
    expect(await attempts(5, bob)).toEqual([0, 0, 0, 0, 0]);
  });

  it('starts with a short pause again after a day', async () => {
    for (const pause of [15, 30]) {
      await attempts(6);
      await pass(pause);
    }
    await pass(86_400);
    expect((await attempts(6)).at(-1)).toBe(15);
  });

  it.each([
    ['another account from the same origin', { account: 'bob' }],
    ['the same account from another origin', { origin: '192.0.2.2' }],
    ['what looks alike when it is put together', { account: 'alice\n192.0.2.1', origin: '' }],
  ])('does not hinder %s', async (_, other) => {
    await attempts(6);
    expect(await attempts(5, () => other)).toEqual([0, 0, 0, 0, 0]);
    await throttle.succeeded({ ...ALICE, ...other });
    expect(await attempt()).toBe(15);
  });

  it('from any address of one IPv6 network counts as from one origin', async () => {
    const from = (address: string) => () => ({ origin: address });
    await attempts(3, from('2001:db8:1:2::1'));
    await attempts(2, number => ({ origin: `2001:db8:1:2:3:4:5:${number}` }));
    expect(await attempt({ origin: '2001:db8:1:2:ffff::' })).toBe(15);
    expect(await attempt({ origin: '2001:db8:1:3::1' })).toBe(0);
    await throttle.succeeded({ ...ALICE, origin: '2001:db8:1:2:9::9' });
    expect(await attempts(5, from('2001:db8:1:2::1'))).toEqual([0, 0, 0, 0, 0]);
  });

  it('of many accounts is looked at 300 times in a quarter of an hour, for one origin', async () => {
    const other = (number: number) => ({ account: `account ${number}` });
    expect(await attempts(300, other)).toEqual(Array(300).fill(0));
    await pass(100);
    expect(await attempt()).toBe(800);
    expect(await attempt({ account: 'account 1' })).toBe(800);
    expect(await attempt({ origin: '192.0.2.2' })).toBe(0);
    await pass(800);
    expect(await attempt()).toBe(0);
  });

  it('is not what people do who sign in rightly, however many share an address', async () => {
    for (let number = 0; number < 400; number++) {
      const right = { account: `account ${number % 50}`, origin: ALICE.origin };
      await throttle.admit(right);
      await throttle.succeeded(right);
    }
    expect(await attempt()).toBe(0);
  });

  it('gains nothing by doing it two hundred times at once', async () => {
    const waits = await Promise.all(Array.from({ length: 200 }, () => attempt()));
    expect(waits.filter(wait => wait === 0)).toHaveLength(5);
    expect(await attempt()).toBe(15);
    await pass(15);
    expect(await attempts(6)).toEqual([0, 0, 0, 0, 0, 30]);
  });
});

describe('counts that cannot be kept', () => {
  const broken = {
    consume: () => Promise.reject(new Error('no connection')),
    delete: () => Promise.reject(new Error('no connection')),
    reward: () => Promise.reject(new Error('no connection')),
  };

  it.each(['attempts', 'origins'])('let people in, and each time is counted: %s', async name => {
    const { limits, lines, failures } = memoryLimits();
    const throttle = new RateLimitedCredentials(limits);
    Object.assign(throttle, { [name]: broken });
    for (let number = 0; number < 10; number++) await throttle.admit(ALICE);
    expect(await failures()).toBe(10);
    await throttle.succeeded(ALICE);
    expect(await failures()).toBe(11);
    expect(lines).toMatchObject([{ level: 'error', reason: 'no connection' }]);
  });
});

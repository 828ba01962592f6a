import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidText } from '../../src/kernel/errors.ts';
import type { Session } from '../../src/modules/identity/domain/session.ts';
import { BIRTH } from '../support/people.ts';
import { LIFETIMES, newSession } from '../support/sessions.ts';

const at = (seconds: number) => new Date(BIRTH.getTime() + seconds * 1000);
const successor = (hash: string) => ({ hash, sealed: `sealed ${hash}` });

/** A session whose first refresh token has the hash `first`, and each later one what is given with its second. */
function sessionOf(...rotations: readonly (readonly [hash: string, second: number])[]): Session {
  const session = newSession('user', { refreshTokenHash: 'first' });
  for (const [hash, second] of rotations) session.rotate(successor(hash), LIFETIMES, at(second));
  return session;
}

describe('a session', () => {
  it('ends when it was not used for the idle time', () => {
    const session = sessionOf();
    expect(session.expiresAt).toEqual(at(60));
    expect(session.presentation('first', LIFETIMES, at(59.999))).toBe('present');
    expect(session.presentation('first', LIFETIMES, at(60))).toBe('ended');
  });

  it('goes on when it is used in time, with another refresh token', () => {
    expect(sessionOf(['second', 59.999])).toMatchObject({
      refreshTokenHash: 'second',
      usedTokenHash: 'first',
      sealedSuccessor: 'sealed second',
      lastUsedAt: at(59.999),
      expiresAt: at(119.999),
      createdAt: BIRTH,
    });
  });

  it('ends at its absolute end however often it is used', () => {
    const seconds = Array.from({ length: 11 }, (_, number) => (number + 1) * 50);
    const session = sessionOf(...seconds.map(second => [`after ${second}`, second] as const));
    expect(session.expiresAt).toEqual(at(600));
    expect(session.presentation('after 550', LIFETIMES, at(599.999))).toBe('present');
    expect(session.presentation('after 550', LIFETIMES, at(600))).toBe('ended');
  });

  it('is no longer than its absolute time where the idle time is longer', () => {
    const lifetimes = { idle: 600, absolute: 60, grace: 10 };
    expect(newSession('user', { lifetimes }).expiresAt).toEqual(at(60));
  });

  it('never outlasts its absolute end, and never gets shorter by being used', () => {
    const seconds = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(
        seconds,
        seconds,
        fc.array(fc.integer({ min: 0, max: 5_000 })),
        (idle, absolute, pauses) => {
          const lifetimes = { idle, absolute, grace: 10 };
          const session = newSession('user', { lifetimes });
          let now = 0;
          for (const pause of pauses) {
            now += pause;
            const before = session.expiresAt;
            if (session.presentation(session.refreshTokenHash, lifetimes, at(now)) === 'ended') {
              expect(at(now).getTime()).toBeGreaterThanOrEqual(before.getTime());
              return;
            }
            session.rotate(successor(`after ${now}`), lifetimes, at(now));
            expect(session.expiresAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
            expect(session.expiresAt.getTime()).toBeLessThanOrEqual(at(absolute).getTime());
            expect(session.expiresAt.getTime()).toBeLessThanOrEqual(at(now + idle).getTime());
          }
        },
      ),
    );
  });

  it.each([
    ['the present one', 'third', 30, 'present'],
    ['the one before, at once', 'second', 20, 'repeated'],
    ['the one before, at the end of the grace time', 'second', 30, 'repeated'],
    ['the one before, after the grace time', 'second', 30.001, 'reused'],
    ['an older one, at once', 'first', 20, 'reused'],
    ['one that it never had', 'forged', 20, 'reused'],
    ['the present one, too late', 'third', 80, 'ended'],
    ['the one before, too late', 'second', 80, 'ended'],
  ])('knows what it is when somebody shows %s', (_, hash, second, presentation) => {
    const session = sessionOf(['second', 10], ['third', 20]);
    expect(session.presentation(hash, LIFETIMES, at(second))).toBe(presentation);
  });

  it('takes no token twice where there is no grace time', () => {
    const session = sessionOf(['second', 10]);
    const strict = { ...LIFETIMES, grace: 0 };
    expect(session.presentation('first', strict, at(10))).toBe('reused');
    expect(session.presentation('first', strict, at(10.001))).toBe('reused');
  });

  it('is over for all its tokens once it is ended, and keeps none of them', () => {
    const session = sessionOf(['second', 10]);
    session.end(at(11));
    const nothing = { refreshTokenHash: '', usedTokenHash: null, sealedSuccessor: null };
    expect(session).toMatchObject({ expiresAt: at(11), ...nothing });
    for (const hash of ['first', 'second', 'forged', ''])
      expect(session.presentation(hash, LIFETIMES, at(11))).toBe('ended');
  });

  it('stays over where the clock of another process is behind', () => {
    const session = sessionOf(['second', 10]);
    session.end(at(11));
    for (const hash of ['first', 'second', 'forged', ''])
      expect(session.presentation(hash, LIFETIMES, at(10.9))).toBe('ended');
  });

  it('keeps its end when it is ended after that', () => {
    const session = sessionOf();
    session.end(at(61));
    expect(session.expiresAt).toEqual(at(60));
  });

  it.each(['', 'x'.repeat(101), 'a\0b'])('cannot be on a device called %j', name => {
    expect(() => newSession('user', { device: { name, address: null } })).toThrow(InvalidText);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidText } from '../../src/kernel/errors.ts';
import { InvalidGrant } from '../../src/modules/identity/domain/errors.ts';
import { Session, type SessionLifetimes } from '../../src/modules/identity/domain/session.ts';
import { BIRTH } from '../support/people.ts';

const LIFETIMES = { idle: 60, absolute: 600 };
const at = (seconds: number) => new Date(BIRTH.getTime() + seconds * 1000);

function aSession({ lifetimes = LIFETIMES as SessionLifetimes, name = null as string | null } = {}): Session {
  const by = { userId: 'user', scopes: ['todos'] as const, device: { name, address: null } };
  return new Session('session', by, 'first', lifetimes, BIRTH);
}

describe('a session', () => {
  it('ends when it was not used for the idle time', () => {
    const session = aSession();
    expect(session.expiresAt).toEqual(at(60));
    expect(() => session.rotate('late', LIFETIMES, at(60))).toThrow(InvalidGrant);
    expect(session).toMatchObject({ refreshTokenHash: 'first', lastUsedAt: BIRTH, expiresAt: at(60) });
  });

  it('goes on when it is used in time, with another refresh token', () => {
    const session = aSession();
    session.rotate('second', LIFETIMES, at(59.999));
    expect(session).toMatchObject({
      refreshTokenHash: 'second',
      lastUsedAt: at(59.999),
      expiresAt: at(119.999),
      createdAt: BIRTH,
    });
  });

  it('ends at its absolute end however often it is used', () => {
    const session = aSession();
    for (let second = 50; second < 600; second += 50) session.rotate('next', LIFETIMES, at(second));
    expect(session.expiresAt).toEqual(at(600));
    expect(() => session.rotate('late', LIFETIMES, at(600))).toThrow(InvalidGrant);
  });

  it('is no longer than its absolute time where the idle time is longer', () => {
    expect(aSession({ lifetimes: { idle: 600, absolute: 60 } }).expiresAt).toEqual(at(60));
  });

  it('never outlasts its absolute end, and never gets shorter by being used', () => {
    const seconds = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(
        seconds,
        seconds,
        fc.array(fc.integer({ min: 0, max: 5_000 })),
        (idle, absolute, pauses) => {
          const lifetimes = { idle, absolute };
          const session = aSession({ lifetimes });
          let now = 0;
          for (const pause of pauses) {
            now += pause;
            const before = session.expiresAt;
            if (at(now) >= before) {
              expect(() => session.rotate('late', lifetimes, at(now))).toThrow(InvalidGrant);
              expect(session.expiresAt).toBe(before);
              return;
            }
            session.rotate(`after ${now}`, lifetimes, at(now));
            expect(session.expiresAt.getTime()).toBeGreaterThanOrEqual(before.getTime());
            expect(session.expiresAt.getTime()).toBeLessThanOrEqual(at(absolute).getTime());
            expect(session.expiresAt.getTime()).toBeLessThanOrEqual(at(now + idle).getTime());
          }
        },
      ),
    );
  });

  it.each(['', 'x'.repeat(101), 'a\0b'])('cannot be on a device called %j', name => {
    expect(() => aSession({ name })).toThrow(InvalidText);
  });
});

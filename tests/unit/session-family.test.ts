import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Presentation } from '../../src/modules/identity/domain/session.ts';
import { familyStep, RefreshTokenFamily, SHORT_LIFETIMES } from '../support/refresh-token-family.ts';
import { newSession } from '../support/sessions.ts';
import { TestClock } from '../support/test-clock.ts';

const hashOf = (number: number) => `token ${number}`;

it('a session takes every token that it ever had for what it is, whatever happened before', () => {
  const seen = new Set<Presentation>();
  fc.assert(
    fc.property(fc.array(familyStep, { maxLength: 40 }), steps => {
      const clock = new TestClock();
      const family = new RefreshTokenFamily(clock.now());
      const lifetimes = SHORT_LIFETIMES;
      const session = newSession('user', { lifetimes, refreshTokenHash: hashOf(0), now: clock.now() });
      const present = (number: number) => session.presentation(hashOf(number), lifetimes, clock.now());
      for (const step of steps) {
        if (step.type === 'pause') clock.advance(step.seconds);
        if (step.type === 'end') {
          family.end(clock.now());
          session.end(clock.now());
        }
        if (step.type === 'show') {
          const presentation = present(Math.max(0, family.newest - step.back));
          seen.add(presentation);
          if (presentation === 'present') {
            family.exchange(clock.now());
            const successor = { hash: hashOf(family.newest), sealed: `sealed ${family.newest}` };
            session.rotate(successor, lifetimes, clock.now());
          }
          if (presentation === 'reused') {
            family.end(clock.now());
            session.end(clock.now());
          }
        }
        const numbers = Array.from({ length: family.newest + 1 }, (_, number) => number);
        const presentations = numbers.map(present);
        expect(presentations).toEqual(numbers.map(number => family.presentation(number, clock.now())));
        expect(presentations.filter(presentation => presentation === 'present').length).toBeLessThan(2);
        if (presentations.includes('repeated'))
          expect(session.sealedSuccessor).toBe(`sealed ${family.newest}`);
      }
    }),
    { numRuns: 500 },
  );
  expect([...seen].sort()).toEqual(['ended', 'present', 'repeated', 'reused']);
});

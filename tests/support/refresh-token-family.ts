import fc from 'fast-check';
import type { Presentation, SessionLifetimes } from '../../src/modules/identity/domain/session.ts';

/** Short enough for random pauses to get past each of them. */
export const SHORT_LIFETIMES: SessionLifetimes = { idle: 60, absolute: 200, grace: 10 };

/** What the rules say of the refresh tokens of one session, by their number: neither hashes nor ciphers. */
export class RefreshTokenFamily {
  newest = 0;
  private readonly began: number;
  private exchangedAt: number;
  private endsAt: number;

  constructor(now: Date) {
    this.began = now.getTime();
    this.exchangedAt = this.began;
    this.endsAt = this.began + SHORT_LIFETIMES.idle * 1000;
  }

  presentation(number: number, now: Date): Presentation {
    if (now.getTime() >= this.endsAt) return 'ended';
    if (number === this.newest) return 'present';
    const isRecent = now.getTime() - this.exchangedAt <= SHORT_LIFETIMES.grace * 1000;
    return number === this.newest - 1 && isRecent ? 'repeated' : 'reused';
  }

  exchange(now: Date): void {
    const { idle, absolute } = SHORT_LIFETIMES;
    this.newest += 1;
    this.exchangedAt = now.getTime();
    this.endsAt = Math.min(this.exchangedAt + idle * 1000, this.began + absolute * 1000);
  }

  end(now: Date): void {
    this.endsAt = Math.min(this.endsAt, now.getTime());
  }

  /** To see what would become of it. */
  copy(): RefreshTokenFamily {
    return Object.assign(new RefreshTokenFamily(new Date(this.began)), this);
  }
}

/** What can happen to a family. `back` is how many tokens before the newest one is shown; too many is the first. */
export type FamilyStep =
  | { readonly type: 'show'; readonly back: number }
  | { readonly type: 'pause'; readonly seconds: number }
  | { readonly type: 'end' };

export const back = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constant(1), fc.nat(30));
export const seconds = fc.oneof(fc.constantFrom(0.001, 5, 9.999, 10, 10.001, 59.999, 60, 100), fc.nat(30));

export const familyStep: fc.Arbitrary<FamilyStep> = fc.oneof(
  { weight: 12, arbitrary: back.map(back => ({ type: 'show', back }) as const) },
  { weight: 6, arbitrary: seconds.map(seconds => ({ type: 'pause', seconds }) as const) },
  { weight: 1, arbitrary: fc.constant({ type: 'end' } as const) },
);

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { Presentation } from '../../src/modules/identity/domain/session.ts';
import { InvalidGrant } from '../../src/modules/identity/domain/session-errors.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { familyStep, RefreshTokenFamily, SHORT_LIFETIMES } from '../support/refresh-token-family.ts';
import { openAccount, refresh, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';

const STEPS = fc.array(fc.record({ device: fc.nat(1), step: familyStep }), { maxLength: 25 });

/** One device with all the refresh tokens that it ever got. */
class Device {
  readonly family: RefreshTokenFamily;
  private readonly held: string[];
  private readonly application: TestApplication;
  private readonly clock: TestClock;

  static async signedIn(application: TestApplication, clock: TestClock): Promise<Device> {
    return new Device(application, clock, (await signIn(application, 'alice')).refreshToken);
  }

  private constructor(application: TestApplication, clock: TestClock, first: string) {
    this.application = application;
    this.clock = clock;
    this.held = [first];
    this.family = new RefreshTokenFamily(clock.now());
  }

  async show(back: number): Promise<Presentation> {
    const number = Math.max(0, this.family.newest - back);
    const presentation = this.family.presentation(number, this.clock.now());
    const answer = refresh(this.application, this.held[number] as string);
    if (presentation === 'present') {
      const { refreshToken } = await answer;
      expect(this.held).not.toContain(refreshToken);
      this.held.push(refreshToken);
      this.family.exchange(this.clock.now());
    } else if (presentation === 'repeated') {
      expect((await answer).refreshToken).toBe(this.held.at(-1));
    } else {
      await expect(answer).rejects.toThrow(InvalidGrant);
      this.family.end(this.clock.now());
    }
    return presentation;
  }

  async end(): Promise<void> {
    await this.application.get(tokens.identityProvider).revoke(this.held[0] as string);
    this.family.end(this.clock.now());
  }
}

it('a device gets a successor for its present refresh token only, and nothing once somebody has shown a used one', async () => {
  const clock = new TestClock();
  const application = await testApplication(
    'memory',
    {
      sessionIdleTtl: SHORT_LIFETIMES.idle,
      sessionTtl: SHORT_LIFETIMES.absolute,
      refreshGrace: SHORT_LIFETIMES.grace,
    },
    [override(tokens.clock, clock)],
  );
  await openAccount(application, 'alice');
  const seen = new Set<Presentation>();
  await fc.assert(
    fc.asyncProperty(STEPS, async steps => {
      const devices = [await Device.signedIn(application, clock), await Device.signedIn(application, clock)];
      for (const { device: index, step } of steps) {
        const device = devices[index] as Device;
        if (step.type === 'pause') clock.advance(step.seconds);
        if (step.type === 'end') await device.end();
        if (step.type === 'show') seen.add(await device.show(step.back));
      }
      for (const device of devices) await device.show(0);
    }),
    { numRuns: 100 },
  );
  expect([...seen].sort()).toEqual(['ended', 'present', 'repeated', 'reused']);
});

import fc from 'fast-check';
import { expect } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { EndOtherSessions } from '../../src/modules/identity/application/end-other-sessions.ts';
import { EndSession } from '../../src/modules/identity/application/end-session.ts';
import type { Presentation } from '../../src/modules/identity/domain/session.ts';
import { SessionNotFound } from '../../src/modules/identity/domain/session-errors.ts';
import { type StorageName, type TestApplication, testApplication } from './application.ts';
import { PASSWORD } from './client.ts';
import { Device } from './device.ts';
import { principal } from './people.ts';
import { back, SHORT_LIFETIMES, seconds } from './refresh-token-family.ts';
import { openAccount } from './sign-in.ts';
import { TestClock } from './test-clock.ts';

/** An application whose sessions are short, with a clock that a test moves. */
export interface RefreshWorld {
  readonly application: TestApplication;
  readonly clock: TestClock;
  readonly userId: string;
  /** What refresh tokens were taken for so far. */
  readonly seen: Set<Presentation>;
}

export async function refreshWorld(storage: StorageName): Promise<RefreshWorld> {
  const clock = new TestClock();
  const { idle, absolute, grace } = SHORT_LIFETIMES;
  const settings = { sessionIdleTtl: idle, sessionTtl: absolute, refreshGrace: grace };
  const application = await testApplication(storage, settings, [override(tokens.clock, clock)]);
  const { id } = await openAccount(application, 'alice');
  await openAccount(application, 'bob');
  return { application, clock, userId: id, seen: new Set() };
}

/** Two sign-ins of one person, and one of somebody else. */
export type Devices = readonly [alices: Device, alicesOther: Device, bobs: Device];

export async function signedInDevices({ application }: RefreshWorld): Promise<Devices> {
  return [
    await Device.signedIn(application, 'alice'),
    await Device.signedIn(application, 'alice'),
    await Device.signedIn(application, 'bob'),
  ];
}

type Command = fc.AsyncCommand<Devices, RefreshWorld>;

/** `run` does it and moves the devices' families along; every command leaves all families as the rules say. */
function command(name: string, run: (devices: Devices, world: RefreshWorld) => Promise<void>): Command {
  return {
    check: () => true,
    async run(devices, world) {
      await run(devices, world);
      for (const device of devices) await device.check();
    },
    toString: () => name,
  };
}

const showing = (index: number, backs: readonly number[]) =>
  command(`device ${index} shows ${backs}`, async (devices, { seen }) => {
    for (const presentation of await (devices[index] as Device).show(backs)) seen.add(presentation);
  });

const revoking = (index: number, kind: 'access' | 'refresh', number: number) =>
  command(`the ${kind} token ${number} of device ${index} is revoked`, async (devices, { application }) => {
    const device = devices[index] as Device;
    const refreshToken = device.held[Math.min(number, device.held.length - 1)] as string;
    const token = kind === 'access' ? device.accessToken : refreshToken;
    await application.get(tokens.identityProvider).revoke(token);
    device.end();
  });

const ending = (index: number) =>
  command(`device ${index} is signed out`, async (devices, { application, clock, userId }) => {
    const { work } = application.get(tokens.identityStorage);
    const device = devices[index] as Device;
    const by = { ...principal(userId, ['profile', 'users:admin']), signedInAt: clock.now() };
    const ended = new EndSession(work, clock).execute(device.sessionId, by);
    await ended.catch(error => expect(error).toBeInstanceOf(SessionNotFound));
    device.end();
  });

const endingOthers = command(
  'alice signs out everywhere else',
  async (devices, { application, clock, userId }) => {
    const { work } = application.get(tokens.identityStorage);
    const here = { ...principal(userId), sessionId: devices[0].sessionId, signedInAt: clock.now() };
    await new EndOtherSessions(work, clock).execute(here);
    devices[1].end();
  },
);

const replacingThePassword = command('alice gets another password', async (devices, { application }) => {
  const account = { email: 'alice@example.org', password: PASSWORD };
  await application.get(tokens.resetPassword).execute(account);
  devices[0].end();
  devices[1].end();
});

const waiting = (pause: number) =>
  command(`${pause} seconds go by`, async (_, { clock }) => clock.advance(pause));

const device = fc.nat(2);

/** Whatever can happen to the sessions, far more often what does not end them. */
export const refreshCommands = fc.commands<Devices, RefreshWorld, false>(
  [
    ...Array<fc.Arbitrary<Command>>(6).fill(
      fc.tuple(device, fc.array(back, { minLength: 1, maxLength: 4 })).map(([at, tabs]) => showing(at, tabs)),
    ),
    ...Array<fc.Arbitrary<Command>>(3).fill(seconds.map(waiting)),
    fc.oneof(
      fc.tuple(device, fc.constantFrom('access', 'refresh'), fc.nat(30)).map(given => revoking(...given)),
      device.map(ending),
      fc.constantFrom(endingOthers, replacingThePassword),
    ),
  ],
  { maxCommands: 25, size: 'max' },
);

import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { allPages } from '../../src/kernel/all-pages.ts';
import { MissingScope, VersionMismatch } from '../../src/kernel/errors.ts';
import type { IntegrationEvent } from '../../src/kernel/events.ts';
import type { Job } from '../../src/kernel/jobs.ts';
import type { Principal } from '../../src/kernel/principal.ts';
import type { AccessRevoked } from '../../src/modules/identity/application/events.ts';
import type { UserView } from '../../src/modules/identity/application/ports.ts';
import { PersonalTokenRefused } from '../../src/modules/identity/domain/access-token-errors.ts';
import { LastAdministrator } from '../../src/modules/identity/domain/account-errors.ts';
import { WrongPassword } from '../../src/modules/identity/domain/password-errors.ts';
import { InvalidToken, SignInTooOld } from '../../src/modules/identity/domain/session-errors.ts';
import { accountOf, liveSessionsOf } from '../support/accounts.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { PASSWORD } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { handler, workOnce } from '../support/job-worker.ts';
import { accountDeletion, erase } from '../support/own-data.ts';
import { newUser, principal, without } from '../support/people.ts';
import { openAccount, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';

const JOBS = ['identity.send_account_deleted', 'identity.erase_account'] as const;

let application: TestApplication;
let clock: TestClock;
let alice: UserView;
let by: Principal;

beforeEach(async () => {
  clock = new TestClock();
  application = await testApplication('memory', {}, [override(tokens.clock, clock)]);
  alice = await openAccount(application, 'alice');
  by = principal(alice.id);
});

const remove = (currentPassword?: string, expectedVersion?: number, person = by) =>
  accountDeletion(application).execute({ currentPassword, expectedVersion }, person);

/** Does what is due, and answers it. */
async function due(): Promise<readonly Job[]> {
  const done: Job[] = [];
  const handlers = JOBS.map(type => handler(type as never, async job => void done.push(job)));
  const rest = handler('identity.send_verification' as never, async () => undefined);
  await workOnce(application, [...handlers, rest]);
  return done;
}

describe('deleting one’s account', () => {
  it('leaves nothing that says who it was', () => {
    const user = newUser({ username: 'alice', fullName: 'Alice Arden', role: 'admin' });
    const { id, createdAt, version } = user;
    user.delete(clock.now());
    expect({ ...user }).toEqual({
      id,
      email: '',
      emailKey: id,
      username: null,
      fullName: null,
      displayName: 'former member',
      role: 'member',
      passwordHash: '',
      passwordChangedAt: clock.now(),
      isActive: false,
      isVerified: false,
      createdAt,
      updatedAt: clock.now(),
      deletedAt: clock.now(),
      version,
    });
  });

  it('ends all sessions, and tells every process', async () => {
    const events: IntegrationEvent[] = [];
    const type = 'identity.access_revoked';
    application.get(tokens.events).subscribe<AccessRevoked>(type, event => events.push(event));
    await signIn(application, 'alice');
    const before = await application.get(tokens.identityStorage).revocations.latest();
    await remove();
    expect(await liveSessionsOf(application, alice.id)).toEqual([]);
    expect(events).toEqual([{ type, userId: alice.id, sessionId: null }]);
    expect(await application.get(tokens.identityStorage).revocations.after(before)).toMatchObject([
      { userId: alice.id, sessionId: null },
    ]);
  });

  it('asks for a mail to the old address, and to erase the rest at once and once more when all requests have ended', async () => {
    await due();
    await remove();
    const erasure = { type: 'identity.erase_account', userId: alice.id };
    const jobs = await due();
    expect(jobs).toHaveLength(2);
    expect(jobs).toEqual(
      expect.arrayContaining([
        erasure,
        { type: 'identity.send_account_deleted', email: alice.email, at: clock.now().toISOString() },
      ]),
    );
    clock.advance(7199);
    expect(await due()).toEqual([]);
    clock.advance(1);
    expect(await due()).toEqual([erasure]);
    expect(await due()).toEqual([]);
  });

  it('wants a recent sign-in, or the password', async () => {
    clock.advance(601);
    await expect(remove()).rejects.toThrow(SignInTooOld);
    await expect(remove('wrong')).rejects.toThrow(WrongPassword);
    await remove(PASSWORD);
    await expect(accountOf(application, alice.id)).rejects.toThrow();
  });

  it.each<readonly [string, () => Principal, new (...values: never[]) => Error]>([
    ['a personal access token', () => ({ ...by, isPerson: false }), PersonalTokenRefused],
    ['a token without the scope', () => principal(alice.id, without('profile')), MissingScope],
    ['a token of nobody', () => principal(UNKNOWN_ID), InvalidToken],
  ])('is refused to %s, and asks for nothing', async (_, who, error) => {
    await due();
    await expect(remove(PASSWORD, undefined, who())).rejects.toThrow(error);
    expect((await accountOf(application, alice.id)).deletedAt).toBeNull();
    expect(await due()).toEqual([]);
  });

  it('is refused where it is based on another version', async () => {
    await expect(remove(undefined, 2)).rejects.toThrow(VersionMismatch);
    await remove(undefined, 1);
  });

  it('is refused to the last active administrator, who is there entirely afterwards', async () => {
    const root = await openAccount(application, 'root', 'admin');
    const other = await openAccount(application, 'other', 'admin');
    await application.get(tokens.identityStorage).work.run(async ({ users }) => {
      (await users.get(other.id))?.changeAccess({ role: 'admin', isActive: false }, clock.now());
    });
    await due();
    await expect(remove(undefined, undefined, principal(root.id))).rejects.toThrow(LastAdministrator);
    expect(await accountOf(application, root.id)).toMatchObject({ username: 'root', version: 1 });
    expect(await due()).toEqual([]);
    await application.get(tokens.identityStorage).work.run(async ({ users }) => {
      (await users.get(other.id))?.changeAccess({ role: 'admin', isActive: true }, clock.now());
    });
    await remove(undefined, undefined, principal(root.id));
  });
});

describe('the job that erases', () => {
  it('goes through what every context keeps, and stops where time is over', async () => {
    await remove();
    const erased: string[] = [];
    const stop = new AbortController();
    const part = (name: string, work: () => void = () => undefined) => ({
      name,
      record: {} as never,
      export: () => allPages(async () => ({ rows: [], total: 0 }), {}, { present: row => row }),
      erase: async (userId: string, signal: AbortSignal) => {
        signal.throwIfAborted();
        erased.push(`${name} of ${userId}`);
        work();
      },
    });
    const parts = [part('one'), part('two', () => stop.abort(new Error('time is over'))), part('three')];
    const other = await testApplication('memory', {}, [override(tokens.personalData, parts)]);
    await expect(erase(other, alice.id, stop.signal)).rejects.toThrow('time is over');
    await erase(other, alice.id);
    const [one, two, three] = ['one', 'two', 'three'].map(name => `${name} of ${alice.id}`);
    expect(erased).toEqual([one, two, one, two, three]);
    await other.close();
  });
});

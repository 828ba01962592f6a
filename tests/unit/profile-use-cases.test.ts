import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { MissingScope, VersionMismatch } from '../../src/kernel/errors.ts';
import type { Principal } from '../../src/kernel/principal.ts';
import type { Attempt } from '../../src/modules/identity/application/credential-throttle.ts';
import type { UserView } from '../../src/modules/identity/application/ports.ts';
import { ReadUsers } from '../../src/modules/identity/application/read-users.ts';
import { EmailTaken, UserNotFound, UsernameTaken } from '../../src/modules/identity/domain/account-errors.ts';
import { InvalidPassword, WrongPassword } from '../../src/modules/identity/domain/password-errors.ts';
import {
  InvalidGrant,
  InvalidToken,
  SignInTooOld,
} from '../../src/modules/identity/domain/session-errors.ts';
import type { ProfileChange } from '../../src/modules/identity/domain/user.ts';
import { MemoryJobs } from '../../src/platform/jobs/memory-jobs.ts';
import { accountChanges, accountOf, liveSessionsOf } from '../support/accounts.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { PASSWORD } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { principal, without } from '../support/people.ts';
import { identify, openAccount, refresh, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';

const NEW_PASSWORD = 'another horse battery';

let application: TestApplication;
let clock: TestClock;
let alice: UserView;
let by: Principal;
let admitted: Attempt[];
let succeeded: Attempt[];

beforeEach(async () => {
  clock = new TestClock();
  [admitted, succeeded] = [[], []];
  const throttle = {
    admit: async (attempt: Attempt) => void admitted.push(attempt),
    succeeded: async (attempt: Attempt) => void succeeded.push(attempt),
  };
  application = await testApplication('memory', {}, [
    override(tokens.clock, clock),
    override(tokens.credentialThrottle, throttle),
  ]);
  alice = await openAccount(application, 'alice');
  by = { ...principal(alice.id), signedInAt: clock.now() };
});

const stored = () => accountOf(application, alice.id);

/** The jobs that were left so far, each once. */
async function jobs(): Promise<readonly object[]> {
  const { jobs: engine } = application.get(tokens.storage);
  if (!(engine instanceof MemoryJobs)) throw new Error('These are not jobs in memory.');
  const never = new Date('9999-12-31T00:00:00.000Z');
  return (await engine.claim(100, clock.now(), never)).map(({ job }) => job);
}

const change = (
  what: ProfileChange,
  { currentPassword, expectedVersion }: { currentPassword?: string; expectedVersion?: number } = {},
) => accountChanges(application).profile.execute({ change: what, currentPassword, expectedVersion }, by);

describe("changing one's account", () => {
  it('changes what was named, and nothing else', async () => {
    const before = await stored();
    clock.advance(60);
    const shown = await change({ username: 'a.arden', fullName: 'Alice Arden' });
    const changed = { username: 'a.arden', fullName: 'Alice Arden', updatedAt: clock.now(), version: 2 };
    expect({ ...(await stored()) }).toEqual({ ...before, ...changed, displayName: 'a.arden' });
    expect(shown).toMatchObject(changed);
    expect(await jobs()).toEqual([]);
  });

  it('to the same keeps the version', async () => {
    clock.advance(60);
    await change({ username: 'alice', fullName: null, email: 'alice@example.org' });
    expect(await stored()).toMatchObject({ version: alice.version, updatedAt: alice.updatedAt });
    expect(await jobs()).toEqual([]);
  });

  it('needs its scope', async () => {
    by = principal(alice.id, without('profile'));
    await expect(change({ fullName: 'A' })).rejects.toThrow(MissingScope);
    expect((await stored()).fullName).toBeNull();
  });

  it.each([{ fullName: 'A' }, { email: 'a@example.org' }])('fails where there is none: %j', async what => {
    by = { ...by, userId: UNKNOWN_ID };
    await expect(change(what)).rejects.toThrow(InvalidToken);
  });

  it('is refused where it is based on another version', async () => {
    await expect(change({ fullName: 'A' }, { expectedVersion: 2 })).rejects.toThrow(VersionMismatch);
    expect((await stored()).fullName).toBeNull();
    await change({ fullName: 'A' }, { expectedVersion: 1 });
    expect((await stored()).fullName).toBe('A');
  });

  it.each<readonly [ProfileChange, new () => Error]>([
    [{ email: 'BOB@example.org', fullName: 'A' }, EmailTaken],
    [{ username: 'bob', fullName: 'A' }, UsernameTaken],
  ])('to what is taken changes nothing: %j', async (what, error) => {
    await openAccount(application, 'bob');
    const before = await stored();
    await expect(change(what)).rejects.toThrow(error);
    expect(await stored()).toEqual(before);
    expect(await jobs()).toEqual([]);
  });
});

describe("changing one's email", () => {
  const email = 'new@example.org';

  it('leaves it unverified, with a job that asks for its verification', async () => {
    await change({ email });
    expect(await stored()).toMatchObject({ email, emailKey: email, isVerified: false });
    expect(await jobs()).toEqual([{ type: 'identity.send_verification', userId: alice.id }]);
  });

  it.each([
    [600, undefined, undefined],
    [601, undefined, SignInTooOld],
    [86_400, undefined, SignInTooOld],
    [601, PASSWORD, undefined],
    [0, 'wrong', WrongPassword],
    [0, '', WrongPassword],
  ])('%d s after the sign-in, with the password %j, may be refused', async (age, currentPassword, error) => {
    clock.advance(age);
    const changing = change({ email }, currentPassword === undefined ? {} : { currentPassword });
    if (error) await expect(changing).rejects.toThrow(error);
    else await changing;
    expect((await stored()).email).toBe(error ? alice.email : email);
  });

  it('counts every password that is shown, for the account and the session', async () => {
    await change({ email }, { currentPassword: 'wrong' }).catch(() => undefined);
    const attempt = { account: alice.id, origin: by.sessionId };
    expect({ admitted, succeeded }).toEqual({ admitted: [attempt], succeeded: [] });
    await change({ email }, { currentPassword: PASSWORD });
    expect({ admitted, succeeded }).toEqual({ admitted: [attempt, attempt], succeeded: [attempt] });
  });
});

describe("changing one's password", () => {
  const execute = (currentPassword: string, newPassword: string) =>
    accountChanges(application).password.execute({ currentPassword, newPassword }, by);

  it('lets in with the new one only, and changes nothing else', async () => {
    const before = await stored();
    clock.advance(60);
    await execute(PASSWORD, NEW_PASSWORD);
    const { passwordHash, ...rest } = await stored();
    expect(passwordHash).not.toBe(before.passwordHash);
    const { passwordHash: _, ...same } = before;
    const now = clock.now();
    expect(rest).toEqual({ ...same, passwordChangedAt: now, updatedAt: now, version: 2 });
    await expect(signIn(application, 'alice')).rejects.toThrow(InvalidGrant);
    await signIn(application, 'alice', { password: NEW_PASSWORD });
  });

  it("ends all sessions, the present one too, and nobody else's", async () => {
    const bob = await openAccount(application, 'bob');
    const [one, other, bobs] = [
      await signIn(application, 'alice'),
      await signIn(application, 'alice'),
      await signIn(application, 'bob'),
    ];
    by = { ...(await identify(application, one.accessToken)), address: null };
    await execute(PASSWORD, NEW_PASSWORD);
    expect(await liveSessionsOf(application, alice.id)).toEqual([]);
    expect(await liveSessionsOf(application, bob.id)).toHaveLength(1);
    for (const { accessToken, refreshToken } of [one, other]) {
      await expect(identify(application, accessToken)).rejects.toThrow(InvalidToken);
      await expect(refresh(application, refreshToken)).rejects.toThrow(InvalidGrant);
    }
    expect(await identify(application, bobs.accessToken)).toMatchObject({ userId: bob.id });
  });

  it('says by mail that it happened', async () => {
    await execute(PASSWORD, NEW_PASSWORD);
    const at = clock.now().toISOString();
    expect(await jobs()).toEqual([{ type: 'identity.send_password_changed', userId: alice.id, at }]);
  });

  it('takes the present one however it was composed (NFC)', async () => {
    await execute(PASSWORD, 'Ångström lives');
    await execute('A\u030angstro\u0308m lives', NEW_PASSWORD);
    await signIn(application, 'alice', { password: NEW_PASSWORD });
  });

  it.each([
    ['the wrong present one', 'wrong', NEW_PASSWORD, WrongPassword, 'current_password'],
    ['a short one', PASSWORD, 'short', InvalidPassword, 'new_password'],
    ['a common one', PASSWORD, 'password1', InvalidPassword, 'new_password'],
    ['the email', PASSWORD, 'Alice@example.org', InvalidPassword, 'new_password'],
  ])('to %s is refused, and ends no session', async (_, current, next, error, field) => {
    await signIn(application, 'alice');
    const before = await stored();
    const refusal = await execute(current, next).catch(thrown => thrown);
    expect(refusal).toBeInstanceOf(error);
    expect(refusal).toMatchObject({ field });
    expect(await stored()).toEqual(before);
    expect(await liveSessionsOf(application, alice.id)).toHaveLength(1);
    expect(await jobs()).toEqual([]);
  });

  it('needs its scope, and an account', async () => {
    by = principal(alice.id, without('profile'));
    await expect(execute(PASSWORD, NEW_PASSWORD)).rejects.toThrow(MissingScope);
    by = principal(UNKNOWN_ID);
    await expect(execute(PASSWORD, NEW_PASSWORD)).rejects.toThrow(InvalidToken);
    await signIn(application, 'alice');
  });

  it('happens once when it is asked for twice at once', async () => {
    const outcomes = await Promise.allSettled([
      execute(PASSWORD, NEW_PASSWORD),
      execute(PASSWORD, 'a third horse battery'),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(WrongPassword);
  });

  it('counts every password that is shown', async () => {
    await execute('wrong', NEW_PASSWORD).catch(() => undefined);
    const attempt = { account: alice.id, origin: by.sessionId };
    expect({ admitted, succeeded }).toEqual({ admitted: [attempt], succeeded: [] });
    await execute(PASSWORD, NEW_PASSWORD);
    expect(succeeded).toEqual([attempt]);
  });
});

describe('resetting a password for somebody', () => {
  const reset = (email: string, password: string) =>
    application.get(tokens.resetPassword).execute({ email, password });

  it('finds them by their email in any case, and ends all sessions', async () => {
    const { accessToken } = await signIn(application, 'alice');
    clock.advance(60);
    const shown = await reset('ALICE@example.org', NEW_PASSWORD);
    expect(shown).toMatchObject({ id: alice.id, updatedAt: clock.now() });
    expect(await liveSessionsOf(application, alice.id)).toEqual([]);
    await expect(identify(application, accessToken)).rejects.toThrow(InvalidToken);
    await expect(signIn(application, 'alice')).rejects.toThrow(InvalidGrant);
    await signIn(application, 'alice', { password: NEW_PASSWORD });
  });

  it.each([
    ['nobody@example.org', NEW_PASSWORD, UserNotFound],
    ['alice', NEW_PASSWORD, UserNotFound],
    ['alice@example.org', 'short', InvalidPassword],
    ['alice@example.org', 'password1', InvalidPassword],
    ['alice@example.org', 'alice@example.org', InvalidPassword],
  ])('of %j to %j is refused', async (email, password, error) => {
    await signIn(application, 'alice');
    await expect(reset(email, password)).rejects.toThrow(error);
    expect(await liveSessionsOf(application, alice.id)).toHaveLength(1);
    await signIn(application, 'alice');
  });
});

describe('reading accounts', () => {
  it('is for administrators of users', async () => {
    const users = new ReadUsers(application.get(tokens.identityStorage).users);
    const all = { paging: { page: 1, perPage: 10 } };
    expect(await users.one(alice.id, by)).toMatchObject({ username: 'alice' });
    expect((await users.list(all, by)).rows.map(({ id }) => id)).toEqual([alice.id]);
    await expect(users.one(UNKNOWN_ID, by)).rejects.toThrow(UserNotFound);
    by = principal(alice.id, without('users:admin'));
    await expect(users.one(alice.id, by)).rejects.toThrow(MissingScope);
    await expect(users.list(all, by)).rejects.toThrow(MissingScope);
  });
});

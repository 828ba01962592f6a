import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { MissingScope } from '../../src/kernel/errors.ts';
import { AcceptInvitation } from '../../src/modules/identity/application/accept-invitation.ts';
import { ReadOwnProfile } from '../../src/modules/identity/application/read-own-profile.ts';
import {
  RegisterUser,
  type RegistrationPolicy,
} from '../../src/modules/identity/application/register-user.ts';
import {
  EmailTaken,
  InactiveUser,
  InvalidEmail,
  InvalidUsername,
  RegistrationClosed,
  SetupFinished,
  UsernameTaken,
  WrongSetupToken,
} from '../../src/modules/identity/domain/account-errors.ts';
import { InvalidPassword } from '../../src/modules/identity/domain/password-errors.ts';
import { InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { PASSWORD } from '../support/client.ts';
import { BIRTH, principal, storedUser, without } from '../support/people.ts';
import { TestClock } from '../support/test-clock.ts';

const ALICE = { email: 'Alice@Example.org', username: 'alice', fullName: 'Alice Arden', password: PASSWORD };

describe('accounts', () => {
  let application: TestApplication;

  beforeEach(async () => {
    application = await testApplication('memory', {}, [override(tokens.clock, new TestClock())]);
  });

  const work = () => application.get(tokens.identityStorage).work;
  const register = (policy: RegistrationPolicy = 'open') => {
    const accounts = application.get(tokens.openAccount);
    const [once, clock] = [application.get(tokens.oneTimeTokens), application.get(tokens.clock)];
    return new RegisterUser(policy, accounts, new AcceptInvitation(accounts, work(), once, clock), work());
  };
  const setUp = () => application.get(tokens.setUpAdministrator);
  const setupToken = () => application.get(tokens.setupToken).value;
  const byEmail = (email: string) => work().run(({ users }) => users.byEmailKey(email));

  it('are opened as members, with a hash in the place of the password', async () => {
    const { id } = await register().execute(ALICE);
    const user = await byEmail('alice@example.org');
    expect({ ...user }).toEqual({
      id,
      email: 'Alice@Example.org',
      emailKey: 'alice@example.org',
      username: 'alice',
      fullName: 'Alice Arden',
      displayName: 'alice',
      role: 'member',
      passwordHash: expect.stringMatching(/^\$argon2id\$/),
      passwordChangedAt: user?.createdAt,
      isActive: true,
      isVerified: false,
      createdAt: BIRTH,
      updatedAt: BIRTH,
      deletedAt: null,
      version: 1,
    });
    const hasher = application.get(tokens.passwordHasher);
    expect(await hasher.verify(user?.passwordHash, PASSWORD)).toBe(true);
  });

  it('can be opened with email and password alone', async () => {
    await register().execute({ email: 'bob@example.org', password: PASSWORD });
    expect(await byEmail('bob@example.org')).toMatchObject({ username: null, fullName: null });
  });

  it('are not opened while registration is closed', async () => {
    await expect(register('closed').execute(ALICE)).rejects.toThrow(RegistrationClosed);
    expect(await byEmail('alice@example.org')).toBeUndefined();
  });

  it.each([
    ['a taken email', { username: 'other', email: 'ALICE@EXAMPLE.ORG' }, EmailTaken],
    ['a taken user name', { email: 'other@example.org' }, UsernameTaken],
    ['no email', { email: 'nonsense', username: 'other' }, InvalidEmail],
    ['no user name', { email: 'other@example.org', username: 'Other!' }, InvalidUsername],
    ['a short password', { email: 'other@example.org', password: 'short' }, InvalidPassword],
    ['a common password', { email: 'other@example.org', password: 'password1' }, InvalidPassword],
  ])('are not opened with %s', async (_, change, refusal) => {
    await register().execute(ALICE);
    await expect(register().execute({ ...ALICE, ...change })).rejects.toThrow(refusal);
    expect(await byEmail('other@example.org')).toBeUndefined();
    expect(await byEmail('nonsense')).toBeUndefined();
  });

  it('are opened for others from the command line while registration is closed, as administrators too', async () => {
    await application.get(tokens.createUser).execute({ ...ALICE, role: 'admin' });
    expect(await byEmail('alice@example.org')).toMatchObject({ role: 'admin' });
  });

  it('begin with the first administrator, who shows the set-up token', async () => {
    expect(await setUp().isOpen()).toBe(true);
    await setUp().execute({ ...ALICE, token: setupToken() });
    expect(await byEmail('alice@example.org')).toMatchObject({ role: 'admin' });
    expect(await setUp().isOpen()).toBe(false);
  });

  it.each(['', 'nonsense', 'A'.repeat(32)])('have no first administrator who shows %j', async token => {
    await expect(setUp().execute({ ...ALICE, token })).rejects.toThrow(WrongSetupToken);
    expect(await setUp().isOpen()).toBe(true);
    expect(await byEmail('alice@example.org')).toBeUndefined();
  });

  it('have one first administrator only, and say so before they look at the token', async () => {
    await setUp().execute({ ...ALICE, token: setupToken() });
    const second = { ...ALICE, email: 'second@example.org', username: 'second' };
    await expect(setUp().execute({ ...second, token: setupToken() })).rejects.toThrow(SetupFinished);
    await expect(setUp().execute({ ...second, token: 'wrong' })).rejects.toThrow(SetupFinished);
    expect(await byEmail('second@example.org')).toBeUndefined();
  });

  it('have one first administrator when five set up at once', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, (_, number) =>
        setUp().execute({
          email: `admin-${number}@example.org`,
          password: PASSWORD,
          token: setupToken(),
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(SetupFinished);
  });

  it('are shown to their owners', async () => {
    const user = await storedUser(application, { username: 'carol' });
    const profile = new ReadOwnProfile(application.get(tokens.identityStorage).users);
    expect(await profile.execute(principal(user.id))).toMatchObject({ id: user.id, username: 'carol' });
    await expect(profile.execute(principal(user.id, without('profile')))).rejects.toThrow(MissingScope);
    await expect(profile.execute(principal('nobody'))).rejects.toThrow(InvalidToken);
  });

  it('are not shown once they are deactivated', async () => {
    const { id } = await storedUser(application);
    await work().run(async ({ users }) => Object.assign((await users.get(id)) ?? {}, { isActive: false }));
    const profile = new ReadOwnProfile(application.get(tokens.identityStorage).users);
    await expect(profile.execute(principal(id))).rejects.toThrow(InactiveUser);
  });
});

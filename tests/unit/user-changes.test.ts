import { describe, expect, it } from 'vitest';
import { InvalidText } from '../../src/kernel/errors.ts';
import { InvalidEmail, InvalidUsername } from '../../src/modules/identity/domain/account-errors.ts';
import type { ProfileChange } from '../../src/modules/identity/domain/user.ts';
import { BIRTH, newUser } from '../support/people.ts';

const LATER = new Date('2026-11-24T12:00:00.000Z');

/** Alice with user name, full name and a verified address, after this change. */
function changed(change: ProfileChange) {
  const user = newUser({ email: 'Alice@example.org', username: 'alice', fullName: 'Alice Arden' });
  user.verify(BIRTH);
  user.changeProfile(change, LATER);
  return user;
}

describe('the name that everybody sees', () => {
  it.each<readonly [string, ProfileChange, string]>([
    ['another user name', { username: 'a.arden' }, 'a.arden'],
    ['no user name', { username: null }, 'Alice Arden'],
    ['another full name behind the user name', { fullName: 'Alice B.' }, 'alice'],
    ['another full name and no user name', { username: null, fullName: 'Alice B.' }, 'Alice B.'],
    ['another email', { email: 'other@example.org' }, 'alice'],
  ])('follows %s', (_, change, displayName) => {
    expect(changed(change).displayName).toBe(displayName);
  });

  it('is made of the id, not of the email, when both names are taken away', () => {
    const user = changed({ username: null, fullName: null });
    expect(user.displayName).toBe(`member-${user.id.slice(-6)}`);
  });
});

describe('an email', () => {
  it.each([
    ['other@example.org', 'other@example.org', false],
    ['Alice@example.com', 'alice@example.com', false],
    ['Alice@example.org', 'alice@example.org', true],
    ['ALICE@EXAMPLE.ORG', 'alice@example.org', false],
  ])('that is changed to %j is known as %j, and verified: %s', (email, emailKey, isVerified) => {
    expect(changed({ email })).toMatchObject({ email, emailKey, isVerified });
  });

  it('stays verified when only names change', () => {
    expect(changed({ username: 'other', fullName: null }).isVerified).toBe(true);
  });

  it('that was composed otherwise is the same (NFC)', () => {
    const user = newUser({ email: 'ål@example.org' });
    user.verify(BIRTH);
    user.changeProfile({ email: 'a\u030al@example.org' }, LATER);
    expect(user).toMatchObject({ email: 'ål@example.org', isVerified: true });
  });

  it('is not verified a second time', () => {
    const user = newUser();
    user.verify(LATER);
    user.verify(new Date('2027-01-01T00:00:00.000Z'));
    expect(user).toMatchObject({ isVerified: true, updatedAt: LATER });
  });
});

describe('a change of an account', () => {
  it.each<readonly [string, ProfileChange]>([
    ['email', { email: 'other@example.org' }],
    ['username', { username: 'other' }],
    ['username', { username: null }],
    ['fullName', { fullName: 'Other' }],
    ['fullName', { fullName: null }],
  ])('of the %s alone leaves the rest: %j', (field, change) => {
    const { email, username, fullName, role, isActive, passwordHash, createdAt, updatedAt } = changed(change);
    const before = { email: 'Alice@example.org', username: 'alice', fullName: 'Alice Arden' };
    expect({ email, username, fullName }).toEqual({ ...before, ...change });
    expect(change).toHaveProperty(field);
    expect({ role, isActive, passwordHash }).toEqual({
      role: 'member',
      isActive: true,
      passwordHash: 'none',
    });
    expect({ createdAt, updatedAt }).toEqual({ createdAt: BIRTH, updatedAt: LATER });
  });

  it.each<ProfileChange>([
    {},
    { email: undefined, username: undefined, fullName: undefined },
    { email: 'Alice@example.org', username: 'alice', fullName: 'Alice Arden' },
  ])('to the same leaves no trace: %j', change => {
    const { email, username, fullName, isVerified, updatedAt } = changed(change);
    expect({ email, username, fullName, isVerified, updatedAt }).toEqual({
      email: 'Alice@example.org',
      username: 'alice',
      fullName: 'Alice Arden',
      isVerified: true,
      updatedAt: BIRTH,
    });
  });

  it.each([
    [{ email: 'nonsense' }, InvalidEmail],
    [{ email: '' }, InvalidEmail],
    [{ username: 'Alice' }, InvalidUsername],
    [{ username: '' }, InvalidUsername],
    [{ username: 'a@b' }, InvalidUsername],
    [{ fullName: '' }, InvalidText],
    [{ fullName: 'x'.repeat(101) }, InvalidText],
    [{ fullName: 'a\0b' }, InvalidText],
  ])('to %j is refused', (change, error) => {
    expect(() => changed(change)).toThrow(error);
  });

  it('of the password leaves a hash and the time', () => {
    const user = newUser({ username: 'alice' });
    const before = { ...user };
    user.changePassword('another hash', LATER);
    expect({ ...user }).toEqual({
      ...before,
      passwordHash: 'another hash',
      passwordChangedAt: LATER,
      updatedAt: LATER,
    });
  });

  it('of role and access leaves the rest', () => {
    const user = newUser({ username: 'alice' });
    const before = { ...user };
    user.changeAccess({ role: 'admin', isActive: false }, LATER);
    expect({ ...user }).toEqual({ ...before, role: 'admin', isActive: false, updatedAt: LATER });
  });
});

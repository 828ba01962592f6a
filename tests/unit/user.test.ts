import { describe, expect, it } from 'vitest';
import { InvalidText } from '../../src/kernel/errors.ts';
import { InvalidEmail, InvalidUsername } from '../../src/modules/identity/domain/account-errors.ts';
import { newUser } from '../support/people.ts';

describe('a user', () => {
  it.each(['abc', 'a_b', 'a.b-c', '123', '...', '-_-', 'x'.repeat(32)])('may be called %j', username => {
    expect(newUser({ username }).username).toBe(username);
  });

  it.each(['', 'ab', 'x'.repeat(33), 'Alice', 'al ice', 'alice@home', 'älice', 'alice\n', 'аlice', 'a/b'])(
    'may not be called %j',
    username => {
      expect(() => newUser({ username })).toThrow(InvalidUsername);
    },
  );

  it('is shown by the user name, else the full name, else the end of the id, never the email', () => {
    expect(newUser({ username: 'alice', fullName: 'Alice Arden' }).displayName).toBe('alice');
    expect(newUser({ fullName: 'Alice Arden' }).displayName).toBe('Alice Arden');
    const nameless = newUser({ email: 'secret@example.org' });
    expect(nameless.displayName).toBe(`member-${nameless.id.slice(-6)}`);
    expect(nameless.displayName).not.toContain('secret');
  });

  it.each(['', 'x'.repeat(101), 'a\0b'])('may not have the full name %j', fullName => {
    expect(() => newUser({ fullName })).toThrow(InvalidText);
  });

  it('needs an email', () => {
    expect(() => newUser({ email: 'nonsense' })).toThrow(InvalidEmail);
  });

  it('starts active, unverified and at version 1', () => {
    expect(newUser()).toMatchObject({ isActive: true, isVerified: false, version: 1 });
  });
});

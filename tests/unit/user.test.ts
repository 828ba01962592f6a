import { describe, expect, it } from 'vitest';
import { InvalidText } from '../../src/kernel/errors.ts';
import { SCOPES } from '../../src/kernel/principal.ts';
import { InvalidEmail, InvalidUsername } from '../../src/modules/identity/domain/account-errors.ts';
import { grantedScopes, scopesOf } from '../../src/modules/identity/domain/role.ts';
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

describe('a role', () => {
  it('of an administrator has all scopes, that of a member all but administration', () => {
    expect([...scopesOf('admin')]).toEqual([...SCOPES]);
    expect([...scopesOf('member')]).toEqual(SCOPES.filter(scope => !scope.endsWith(':admin')));
  });

  it('grants all that it has when nothing was asked for', () => {
    expect(grantedScopes('member', [])).toEqual([...scopesOf('member')]);
    expect(grantedScopes('admin', [])).toEqual([...SCOPES]);
  });

  it.each([
    [['todos'], ['todos']],
    [
      ['chat', 'todos', 'chat'],
      ['todos', 'chat'],
    ],
    [['todos', 'users:admin'], ['todos']],
    [['todos', 'unknown', ''], ['todos']],
    [['users:admin'], []],
    [['unknown'], []],
    [['TODOS'], []],
  ])('of a member grants for %j no more than %j', (requested, granted) => {
    expect(grantedScopes('member', requested)).toEqual(granted);
  });
});

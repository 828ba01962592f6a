import { describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/kernel/principal.ts';
import { grantedScopes, Role, scopesOf } from '../../src/modules/identity/domain/role.ts';
import { InvalidRoleName } from '../../src/modules/identity/domain/role-errors.ts';
import { BIRTH } from '../support/people.ts';

const member = scopesOf({ id: 'member', scope: null });

describe('a role', () => {
  it('of an administrator has all scopes, whatever is stored, that of a member all but administration', () => {
    for (const scope of [null, '', 'todos'])
      expect([...scopesOf({ id: 'admin', scope })]).toEqual([...SCOPES]);
    expect([...member]).toEqual(SCOPES.filter(scope => !scope.endsWith(':admin')));
  });

  it('allows what it was given, in one order, each once, and nothing that is no scope any more', () => {
    const role = new Role('writer', ['todos', 'profile', 'todos'], BIRTH);
    expect(role.scope).toBe('profile todos');
    expect([...scopesOf(role)]).toEqual(['profile', 'todos']);
    role.change(['chat'], BIRTH);
    expect([...scopesOf(role)]).toEqual(['chat']);
    expect([...scopesOf({ id: 'old', scope: 'todos gone' })]).toEqual(['todos']);
  });

  it('that is built in can be narrowed, and then has what it was given', () => {
    expect([...scopesOf(new Role('member', ['profile'], BIRTH))]).toEqual(['profile']);
  });

  it.each(['', 'a', 'Writer', '1st', 'two words', 'a'.repeat(33), 'ünïcode', 'a/b'])(
    'is not called %j',
    name => {
      expect(() => new Role(name, ['todos'], BIRTH)).toThrow(InvalidRoleName);
    },
  );

  it.each(['ab', 'content-editor', 'a'.repeat(32), 'level_2'])('is called %j', name => {
    expect(new Role(name, ['todos'], BIRTH).id).toBe(name);
  });

  it('grants all that it has when nothing was asked for', () => {
    expect(grantedScopes(member, [])).toEqual([...member]);
    expect(grantedScopes(new Set(SCOPES), [])).toEqual([...SCOPES]);
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
    expect(grantedScopes(member, requested)).toEqual(granted);
  });
});

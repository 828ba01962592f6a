import { describe, expect, it } from 'vitest';
import { MissingScope } from '../../src/kernel/errors.ts';
import { requireScope, SCOPES } from '../../src/kernel/principal.ts';
import { principal, without } from '../support/people.ts';

describe('a principal', () => {
  it.each(SCOPES)('may do what needs the scope %s if the token carries it', scope => {
    expect(() => requireScope(principal('somebody', [scope]), scope)).not.toThrow();
  });

  it.each(SCOPES)('may not do what needs the scope %s if the token carries all others', scope => {
    const act = () => requireScope(principal('somebody', without(scope)), scope);
    expect(act).toThrow(MissingScope);
    expect(act).toThrow(scope);
  });

  it('is told by the error which scope is missing', () => {
    expect(new MissingScope('chat')).toMatchObject({
      code: 'access.insufficient_scope',
      scope: 'chat',
      name: 'MissingScope',
    });
  });
});

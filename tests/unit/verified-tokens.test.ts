import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Principal } from '../../src/kernel/principal.ts';
import { VerifiedTokens } from '../../src/modules/identity/adapters/verified-tokens.ts';
import { BIRTH, principal } from '../support/people.ts';

const HOUR = 3_600_000;
const EXPIRES_AT = BIRTH.getTime() + HOUR;

describe('verified tokens', () => {
  let verified: VerifiedTokens;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance'] });
    verified = new VerifiedTokens(3);
    verified.confirm(performance.now());
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const remember = (token: string, of: Principal, expiresAt = EXPIRES_AT) =>
    verified.remember(token, { principal: of, expiresAt }, verified.mark());
  const get = (token: string, now = BIRTH) => verified.get(token, now)?.principal;
  const known = (...names: string[]) => names.filter(name => get(name));
  const alice = principal('alice');
  const otherOfAlice = principal('alice');
  const bob = principal('bob');

  it('are known as whom they were verified', () => {
    remember('a', alice);
    expect(get('a')).toBe(alice);
    expect(get('b')).toBeUndefined();
  });

  it('are known until they expire', () => {
    remember('a', alice);
    expect(get('a', new Date(EXPIRES_AT - 1))).toBe(alice);
    expect(get('a', new Date(EXPIRES_AT))).toBeUndefined();
  });

  it('are not believed before it is confirmed that all revocations are known', () => {
    verified = new VerifiedTokens(3);
    remember('a', alice);
    expect(get('a')).toBeUndefined();
  });

  it('are believed for a second after the last confirmation, and again after the next', () => {
    remember('a', alice);
    vi.advanceTimersByTime(1000);
    expect(get('a')).toBe(alice);
    vi.advanceTimersByTime(1);
    expect(get('a')).toBeUndefined();
    verified.confirm(performance.now() - 900);
    expect(get('a')).toBe(alice);
    vi.advanceTimersByTime(101);
    expect(get('a')).toBeUndefined();
  });

  it.each([
    ['one session', { userId: 'alice', sessionId: alice.sessionId }, ['other', 'bob']],
    ['a person', { userId: 'alice', sessionId: null }, ['bob']],
    ['a session that none is of', { userId: 'alice', sessionId: bob.sessionId }, ['one', 'other', 'bob']],
    ['somebody whom none is of', { userId: 'carol', sessionId: null }, ['one', 'other', 'bob']],
  ])('are forgotten with %s', (_, revocation, left) => {
    remember('one', alice);
    remember('other', otherOfAlice);
    remember('bob', bob);
    verified.forget(revocation);
    expect(known('one', 'other', 'bob')).toEqual(left);
  });

  it('are forgotten all that one session has', () => {
    for (const token of ['a', 'b', 'c']) remember(token, alice);
    verified.forget({ userId: 'alice', sessionId: alice.sessionId });
    expect(known('a', 'b', 'c')).toEqual([]);
  });

  it('are not remembered when anything was revoked since they began to be verified', () => {
    const mark = verified.mark();
    verified.forget({ userId: 'bob', sessionId: null });
    verified.remember('a', { principal: alice, expiresAt: EXPIRES_AT }, mark);
    expect(get('a')).toBeUndefined();
    remember('a', alice);
    expect(get('a')).toBe(alice);
  });

  it('are no more than their number, the ones that were used last', () => {
    for (const token of ['a', 'b', 'c']) remember(token, alice);
    get('a');
    remember('d', bob);
    expect(known('a', 'b', 'c', 'd')).toEqual(['a', 'c', 'd']);
  });

  it('are forgotten with their person although they were remembered again and again', () => {
    for (let time = 0; time < 3; time += 1) remember('a', { ...alice });
    expect(get('a')).toBeDefined();
    verified.forget({ userId: 'alice', sessionId: alice.sessionId });
    expect(get('a')).toBeUndefined();
  });

  it('of a person are forgotten although others of theirs had no room any more', () => {
    for (const token of ['a', 'b', 'c', 'd', 'e']) remember(token, alice);
    verified.forget({ userId: 'alice', sessionId: null });
    expect(known('a', 'b', 'c', 'd', 'e')).toEqual([]);
  });

  it('leave nothing of people whose tokens had no room any more or were forgotten', () => {
    const people = Reflect.get(verified, 'byUser') as ReadonlyMap<string, ReadonlySet<string>>;
    for (let number = 0; number < 100; number += 1) remember(`${number}`, principal(`person ${number}`));
    expect([...people.keys()]).toEqual(['person 97', 'person 98', 'person 99']);
    for (let number = 0; number < 100; number += 1) remember(`token ${number}`, alice);
    expect([...people].map(([userId, tokens]) => [userId, [...tokens]])).toEqual([
      ['alice', ['token 97', 'token 98', 'token 99']],
    ]);
    verified.forget({ userId: 'alice', sessionId: null });
    expect(people.size).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { EncryptedDeviceTokens } from '../../src/modules/identity/adapters/crypto/encrypted-device-tokens.ts';
import { SecretKey } from '../../src/platform/secrets/secret-key.ts';
import { BIRTH, newUser } from '../support/people.ts';
import { TestClock } from '../support/test-clock.ts';

const KEY = 'a secret key that is for tests only';
const DAY = 86_400;
const [ALICE, BOB] = [newUser(), newUser()];

describe('a token of a device', () => {
  const clock = new TestClock();
  const tokens = new EncryptedDeviceTokens(new SecretKey(KEY), clock);
  const tokenFor = (user = ALICE) => tokens.renew([], user)[0] as string;

  it('tells a device of its account from all others', () => {
    const [one, other] = [tokenFor(), tokenFor()];
    const device = tokens.deviceOf([one], ALICE);
    expect(device).toMatch(/^[0-9a-f-]{36}$/);
    expect(tokens.deviceOf([one], ALICE)).toBe(device);
    expect(tokens.deviceOf([other], ALICE)).toMatch(/^[0-9a-f-]{36}$/);
    expect(tokens.deviceOf([other], ALICE)).not.toBe(device);
  });

  it('is known to every process with the same secret key, and to no other', () => {
    const token = tokenFor();
    const elsewhere = (key: string) => new EncryptedDeviceTokens(new SecretKey(key), clock);
    expect(elsewhere(KEY).deviceOf([token], ALICE)).toBe(tokens.deviceOf([token], ALICE));
    expect(elsewhere(`${KEY}!`).deviceOf([token], ALICE)).toBeUndefined();
  });

  it('is good for its account only', () => {
    expect(tokens.deviceOf([tokenFor(BOB)], ALICE)).toBeUndefined();
  });

  it('is good for nothing once the password has been changed', () => {
    const user = newUser();
    const token = tokenFor(user);
    user.changePassword('another', new Date(BIRTH.getTime() + 1));
    expect(tokens.deviceOf([token], user)).toBeUndefined();
    expect(tokens.deviceOf([tokenFor(user)], user)).toBeDefined();
  });

  it('is still good when a profile has changed, or a hash has been made anew', () => {
    const user = newUser();
    const token = tokenFor(user);
    user.changeProfile({ email: 'other@example.org', username: 'other' }, new Date(BIRTH.getTime() + 1));
    user.passwordHash = 'the same password, hashed anew';
    expect(tokens.deviceOf([token], user)).toBeDefined();
  });

  it('is good for 400 days', () => {
    const clock = new TestClock();
    const tokens = new EncryptedDeviceTokens(new SecretKey(KEY), clock);
    const token = tokens.renew([], ALICE);
    clock.advance(400 * DAY - 1);
    expect(tokens.deviceOf(token, ALICE)).toBeDefined();
    clock.advance(1);
    expect(tokens.deviceOf(token, ALICE)).toBeUndefined();
  });

  it.each(['', '.', 'nonsense', 'A'.repeat(38), 'é', '\0', 'A'.repeat(10_000)])(
    'is not what somebody made up: %j',
    token => {
      expect(tokens.deviceOf([token], ALICE)).toBeUndefined();
    },
  );

  it('is not what was encrypted for another purpose', () => {
    const content = { device: 'x', userId: ALICE.id, passwordSince: BIRTH.getTime(), expiresAt: 9e15 };
    const key = new SecretKey(KEY);
    expect(tokens.deviceOf([key.encrypt('device', JSON.stringify(content))], ALICE)).toBe('x');
    expect(tokens.deviceOf([key.encrypt('signing-key', JSON.stringify(content))], ALICE)).toBeUndefined();
  });

  it('names no second device, whatever is changed in it', () => {
    const token = tokenFor();
    const device = tokens.deviceOf([token], ALICE);
    for (let at = 0; at < token.length; at += 1)
      for (const letter of ['A', 'B', 'w', '_']) {
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        expect([device, undefined]).toContain(tokens.deviceOf([changed], ALICE));
      }
  });

  it('shows nobody whose it is', () => {
    const text = Buffer.from(tokenFor(), 'base64url').toString('latin1');
    expect(text).not.toContain(ALICE.id);
  });
});

describe('the tokens that a device goes on with', () => {
  const clock = new TestClock();
  const tokens = new EncryptedDeviceTokens(new SecretKey(KEY), clock);

  it('are another one for who signs in, before those of the others', () => {
    const alices = tokens.renew([], ALICE);
    const both = tokens.renew(alices, BOB);
    expect(both).toHaveLength(2);
    expect(both[1]).toBe(alices[0]);
    const again = tokens.renew(both, ALICE);
    expect(again).toEqual([expect.any(String), both[0]]);
    expect(again[0]).not.toBe(alices[0]);
    for (const user of [ALICE, BOB]) expect(tokens.deviceOf(again, user)).toBeDefined();
  });

  it('are those of the last five people', () => {
    const people = Array.from({ length: 7 }, () => newUser());
    const all = people.reduce<readonly string[]>((shown, user) => tokens.renew(shown, user), []);
    expect(all).toHaveLength(5);
    const known = people.map(user => tokens.deviceOf(all, user) !== undefined);
    expect(known).toEqual([false, false, true, true, true, true, true]);
  });

  it('are none that nobody gave, or that are too old', () => {
    const clock = new TestClock();
    const tokens = new EncryptedDeviceTokens(new SecretKey(KEY), clock);
    const old = tokens.renew([], BOB);
    clock.advance(400 * DAY);
    expect(tokens.renew(['nonsense', ...old], ALICE)).toHaveLength(1);
  });

  it('are looked for among five at most', () => {
    const [alices = ''] = tokens.renew([], ALICE);
    expect(tokens.deviceOf([...Array(4).fill('nonsense'), alices], ALICE)).toBeDefined();
    expect(tokens.deviceOf([...Array(5).fill('nonsense'), alices], ALICE)).toBeUndefined();
  });
});

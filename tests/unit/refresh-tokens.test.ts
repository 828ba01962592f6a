import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RandomRefreshTokens } from '../../src/modules/identity/adapters/crypto/random-refresh-tokens.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');
const FORM = /^atr_([\w-]{43})\.([\w-]{43})$/;
const partsOf = (token: string) => (FORM.exec(token) ?? []).slice(1);

describe('a refresh token', () => {
  const refreshTokens = new RandomRefreshTokens();
  const { token, familyHash, hash } = refreshTokens.first();
  const [family = '', own = ''] = partsOf(token);

  it('has 256 random bits for its family and 256 of its own, and is another one every time', () => {
    const parts = Array.from({ length: 1000 }, () => partsOf(refreshTokens.first().token)).flat();
    expect(parts).toHaveLength(2000);
    expect(new Set(parts).size).toBe(2000);
    for (const part of parts) expect(Buffer.from(part, 'base64url')).toHaveLength(32);
  });

  it('has successors of its own family only, each another one', () => {
    const successors = Array.from({ length: 100 }, () => refreshTokens.successorOf(token));
    expect(new Set(successors.map(successor => successor.token)).size).toBe(100);
    for (const successor of successors) {
      expect(partsOf(successor.token)[0]).toBe(family);
      expect(successor).toMatchObject({ familyHash, hash: sha256(successor.token) });
      expect(successor.hash).not.toBe(hash);
    }
  });

  it('is read again by every process, as the hashes that were made with it', () => {
    expect(new RandomRefreshTokens().read(token)).toEqual({ token, familyHash, hash });
    const successor = refreshTokens.successorOf(token);
    expect(refreshTokens.read(successor.token)).toEqual(successor);
  });

  it('is kept as hashes that do not show it', () => {
    expect({ familyHash, hash }).toEqual({ familyHash: sha256(family), hash: sha256(token) });
    for (const kept of [familyHash, hash]) {
      expect(kept).not.toContain(family);
      expect(kept).not.toContain(own);
    }
  });

  it.each([
    ['nothing', ''],
    ['nonsense', 'nonsense'],
    ['an access token', 'v4.public.eyJzdWIiOiJ4In0'],
    ['one part', `atr_${family}`],
    ['three parts', `${token}.${own}`],
    ['another prefix', token.replace('atr_', 'atx_')],
    ['a prefix in capitals', token.replace('atr_', 'ATR_')],
    ['no prefix', token.slice(4)],
    ['a short family', token.replace(family, family.slice(1))],
    ['a short token', token.slice(0, -1)],
    ['a long token', `${token}A`],
    ['something very long', token + own.repeat(100_000)],
    ['a blank before it', ` ${token}`],
    ['a new line after it', `${token}\n`],
    ['another line after it', `${token}\n${token}`],
    ['padding', `${token.slice(0, -1)}=`],
    ['the other base64', `${token.slice(0, -1)}+`],
    ['a U+0000', `${token.slice(0, -1)}\0`],
    ['another comma', token.replace('.', ',')],
  ])('is not %s', (_, other) => {
    expect(refreshTokens.read(other)).toBeUndefined();
  });

  it('is another one with any letter changed', () => {
    for (let place = 4; place < token.length; place += 1) {
      if (token[place] === '.') continue;
      const letter = token[place] === 'A' ? 'B' : 'A';
      const changed = refreshTokens.read(token.slice(0, place) + letter + token.slice(place + 1));
      expect(changed?.hash).not.toBe(hash);
      expect(changed?.familyHash === familyHash).toBe(place > 4 + family.length);
    }
  });
});

describe('a sealed successor', () => {
  const refreshTokens = new RandomRefreshTokens();
  const predecessor = refreshTokens.first();
  const successor = refreshTokens.successorOf(predecessor.token).token;
  const sealed = refreshTokens.seal(successor, predecessor.token);

  it('is opened with its predecessor, by every process', () => {
    expect(new RandomRefreshTokens().open(sealed, predecessor.token)).toBe(successor);
  });

  it('does not show what it is, and looks different every time', () => {
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('atr_');
    expect(refreshTokens.seal(successor, predecessor.token)).not.toBe(sealed);
  });

  it.each([
    ['another token', refreshTokens.first().token],
    ['another token of the family', refreshTokens.successorOf(predecessor.token).token],
    ['the hash of its predecessor', predecessor.hash],
    ['itself', successor],
    ['nothing', ''],
  ])('is not opened with %s', (_, other) => {
    expect(() => refreshTokens.open(sealed, other)).toThrow();
  });

  it('is not opened when a single byte of it was changed, left out or added', () => {
    const bytes = Buffer.from(sealed, 'base64url');
    const opening = (changed: Buffer) => () =>
      refreshTokens.open(changed.toString('base64url'), predecessor.token);
    for (let place = 0; place < bytes.length; place += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
      expect(opening(changed)).toThrow();
      expect(opening(bytes.subarray(0, place))).toThrow();
    }
    expect(opening(Buffer.concat([bytes, Buffer.from('x')]))).toThrow();
  });
});

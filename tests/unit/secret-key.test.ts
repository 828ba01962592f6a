import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StartError } from '../../src/platform/configuration/settings.ts';
import { findSecretKey } from '../../src/platform/secrets/find-secret-key.ts';
import { SecretKey } from '../../src/platform/secrets/secret-key.ts';

const SECRET = 'a secret key that is for tests only';
const TEXT = 'k4.secret.💙 "quotes" \n';

describe('the secret key', () => {
  const key = new SecretKey(SECRET);

  it.each(['', 'x', TEXT, 'x'.repeat(100_000)])('decrypts what it encrypted', text => {
    expect(key.decrypt('purpose', key.encrypt('purpose', text))).toBe(text);
  });

  it('encrypts the same text otherwise every time, and shows nothing of it', () => {
    const [one, other] = [key.encrypt('purpose', TEXT), key.encrypt('purpose', TEXT)];
    expect(one).not.toBe(other);
    expect(Buffer.from(one, 'base64url').includes('secret')).toBe(false);
  });

  it('decrypts what another process with the same key encrypted', () => {
    expect(new SecretKey(SECRET).decrypt('purpose', key.encrypt('purpose', TEXT))).toBe(TEXT);
  });

  it('does not decrypt what was encrypted for another purpose or under another key', () => {
    const encrypted = key.encrypt('purpose', TEXT);
    expect(() => key.decrypt('other', encrypted)).toThrow();
    expect(() => new SecretKey(`${SECRET}!`).decrypt('purpose', encrypted)).toThrow();
    expect(() => SecretKey.random().decrypt('purpose', encrypted)).toThrow();
  });

  it('does not decrypt what was changed by a single bit', () => {
    const bytes = Buffer.from(key.encrypt('purpose', 'text'), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => key.decrypt('purpose', changed.toString('base64url')), `bit ${bit}`).toThrow();
    }
  });

  it('does not decrypt what was cut short or made longer', () => {
    for (const text of ['', 'text']) {
      const bytes = Buffer.from(key.encrypt('purpose', text), 'base64url');
      for (let length = 0; length < bytes.length; length += 1) {
        const cut = bytes.subarray(0, length).toString('base64url');
        expect(() => key.decrypt('purpose', cut), `${length} bytes`).toThrow();
      }
      const longer = Buffer.concat([bytes, Buffer.from('x')]).toString('base64url');
      expect(() => key.decrypt('purpose', longer)).toThrow();
    }
  });

  it('derives the same token for a purpose in every process, and another for each purpose and key', () => {
    const token = key.derivedToken('setup');
    expect(new SecretKey(SECRET).derivedToken('setup').value).toBe(token.value);
    expect(key.derivedToken('other').value).not.toBe(token.value);
    expect(SecretKey.random().derivedToken('setup').value).not.toBe(token.value);
    expect(Buffer.from(token.value, 'base64url')).toHaveLength(24);
  });

  it('derives a token that matches itself and nothing else', () => {
    const token = key.derivedToken('setup');
    expect(token.matches(token.value)).toBe(true);
    const first = token.value.startsWith('A') ? 'B' : 'A';
    const others = [
      '',
      'nonsense',
      `${token.value}AAAA`,
      token.value.slice(0, -1),
      first + token.value.slice(1),
    ];
    for (const presented of [...others, token.value.toLowerCase(), SECRET])
      expect(token.matches(presented), presented).toBe(false);
  });
});

describe('finding the secret key', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'atrium-secret-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  const sqlite = () => ({ secretKey: '', secretKeyFile: '', databaseUrl: 'sqlite:atrium.db', dataDir });
  const same = (one: SecretKey, other: SecretKey) =>
    one.derivedToken('same').value === other.derivedToken('same').value;

  it('takes the configured one first, then that of the file', async () => {
    const secretKeyFile = join(dataDir, 'mine.key');
    await writeFile(secretKeyFile, `${SECRET}\n`);
    expect(same(findSecretKey({ ...sqlite(), secretKey: SECRET }), new SecretKey(SECRET))).toBe(true);
    expect(same(findSecretKey({ ...sqlite(), secretKeyFile }), new SecretKey(SECRET))).toBe(true);
  });

  it('makes one on SQLite that only its owner can read, and finds it again', async () => {
    const first = findSecretKey(sqlite());
    const file = join(dataDir, 'secret.key');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(Buffer.from((await readFile(file, 'utf8')).trim(), 'base64url')).toHaveLength(32);
    expect(same(findSecretKey(sqlite()), first)).toBe(true);
  });

  it('makes another one every time in memory', () => {
    const inMemory = { ...sqlite(), databaseUrl: 'memory:' };
    expect(same(findSecretKey(inMemory), findSecretKey(inMemory))).toBe(false);
  });

  it('wants one on PostgreSQL', () => {
    const postgres = { ...sqlite(), databaseUrl: 'postgres://host/name' };
    expect(() => findSecretKey(postgres)).toThrow(StartError);
    expect(() => findSecretKey(postgres)).toThrow('SECRET_KEY');
  });

  it('refuses a file that is not there or holds too short a key, without showing it', async () => {
    const missing = { ...sqlite(), secretKeyFile: join(dataDir, 'missing.key') };
    expect(() => findSecretKey(missing)).toThrow('missing.key');
    const secretKeyFile = join(dataDir, 'short.key');
    await writeFile(secretKeyFile, 'hunter2\n');
    expect(() => findSecretKey({ ...sqlite(), secretKeyFile })).toThrow(/short\.key(?!.*hunter2)/);
  });
});

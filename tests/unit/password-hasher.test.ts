import { describe, expect, it } from 'vitest';
import { Argon2PasswordHasher } from '../../src/modules/identity/adapters/argon2/argon2-password-hasher.ts';

const CHEAP = { memory: 64, iterations: 1, parallelism: 1, concurrency: 2, queue: 100 };

describe('a hashed password', () => {
  const hasher = new Argon2PasswordHasher(CHEAP);

  it.each(['correct horse battery', '💙'.repeat(128), '', 'a\0b', ' blanks '])(
    'matches %j only',
    async password => {
      const hash = await hasher.hash(password);
      expect(await hasher.verify(hash, password)).toBe(true);
      const changed = `${password.slice(0, -1)}z`;
      for (const other of [`${password} `, `x${password}`, password.slice(1) || 'x', changed])
        expect(await hasher.verify(hash, other)).toBe(false);
    },
  );

  it('tells algorithm and cost, and nothing of the password', async () => {
    const hash = await hasher.hash('correct horse battery');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$[\w+/]{22,}\$[\w+/]{43,}$/);
    expect(hash).not.toContain('horse');
  });

  it('is another one every time', async () => {
    expect(await hasher.hash('same')).not.toBe(await hasher.hash('same'));
  });

  it('is still matched after the cost was changed', async () => {
    const dearer = new Argon2PasswordHasher({ ...CHEAP, memory: 128, iterations: 2, parallelism: 2 });
    expect(await dearer.verify(await hasher.hash('old password'), 'old password')).toBe(true);
    expect(await hasher.verify(await dearer.hash('new password'), 'new password')).toBe(true);
  });

  it('of nobody is matched by nothing, not even by what it was made of', async () => {
    for (const password of ['', 'undefined', 'nobody has this password'])
      expect(await hasher.verify(undefined, password)).toBe(false);
  });
});

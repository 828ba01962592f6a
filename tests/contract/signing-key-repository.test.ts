import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { IdentityWork } from '../../src/modules/identity/application/ports.ts';
import { SigningKey } from '../../src/modules/identity/domain/signing-key.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH } from '../support/people.ts';

describe.each(STORAGES)('the storage of signing keys on %s', storage => {
  let application: TestApplication;
  let work: IdentityWork;

  beforeEach(async () => {
    application = await testApplication(storage);
    work = application.get(tokens.identityStorage).work;
  });
  afterEach(() => application.close());

  const all = () => work.run(({ signingKeys }) => signingKeys.all());
  const add = (id: string, createdAt: Date) =>
    work.run(({ signingKeys }) =>
      signingKeys.add(new SigningKey(id, `public ${id}`, `sealed ${id}`, createdAt)),
    );

  it('is empty at first', async () => {
    expect(await all()).toEqual([]);
  });

  it('keeps every field', async () => {
    await add('k4.pid.one', BIRTH);
    const [key] = await all();
    expect(key).toBeInstanceOf(SigningKey);
    expect({ ...key }).toEqual({
      id: 'k4.pid.one',
      publicKey: 'public k4.pid.one',
      encryptedSecretKey: 'sealed k4.pid.one',
      createdAt: BIRTH,
      version: 1,
    });
  });

  it('gives the newest first, and of several of one time the one with the greatest id', async () => {
    const later = new Date(BIRTH.getTime() + 1);
    await add('b', BIRTH);
    await add('z', new Date(BIRTH.getTime() - 1));
    await add('d', later);
    await add('a', BIRTH);
    await add('c', later);
    expect((await all()).map(({ id }) => id)).toEqual(['d', 'c', 'b', 'a', 'z']);
  });

  it('orders ids that differ in case or script alike everywhere', async () => {
    for (const id of ['a', 'B', 'b', 'A', '_', '-', '1']) await add(id, BIRTH);
    expect((await all()).map(({ id }) => id)).toEqual(['b', 'a', '_', 'B', 'A', '1', '-']);
  });
});

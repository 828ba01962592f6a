import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { VersionMismatch } from '../../src/kernel/errors.ts';
import type { IdentityWork } from '../../src/modules/identity/application/ports.ts';
import { MailToken, type MailTokenPurpose } from '../../src/modules/identity/domain/mail-token.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { DIFFICULT_TEXTS, DIFFICULT_TIMES } from '../support/texts.ts';

describe.each(STORAGES)('the storage of mailed tokens on %s', storage => {
  let application: TestApplication;
  let work: IdentityWork;
  let user: User;

  beforeAll(async () => {
    application = await testApplication(storage);
    work = application.get(tokens.identityStorage).work;
    user = await storedUser(application);
  });
  afterAll(() => application.close());

  interface Kind {
    readonly of?: User;
    readonly email?: string;
    readonly purpose?: MailTokenPurpose;
    readonly now?: Date;
  }

  async function storedToken(hash: string, kind: Kind = {}): Promise<MailToken> {
    const { of = user, email = of.email, purpose = 'verify_email', now = BIRTH } = kind;
    const token = new MailToken(hash, { userId: of.id, email, purpose }, now);
    await work.run(({ mailTokens }) => mailTokens.add(token));
    return token;
  }

  const find = (hash: string) => work.run(({ mailTokens }) => mailTokens.get(hash));
  const hashesOf = (of: User, purpose: MailTokenPurpose) =>
    work.run(async ({ mailTokens }) => (await mailTokens.of(of.id, purpose)).map(({ id }) => id).sort());

  it.each([
    ['verify_email', '2026-11-24T12:00:00.000Z'],
    ['reset_password', '2026-11-23T13:00:00.000Z'],
  ] as const)('keeps every field of one for %s', async (purpose, expiresAt) => {
    const token = await storedToken(`all of ${purpose}`, { purpose, email: 'Old@Example.org' });
    const found = await find(`all of ${purpose}`);
    expect(found).toBeInstanceOf(MailToken);
    expect(found).not.toBe(token);
    expect({ ...found }).toEqual({
      id: `all of ${purpose}`,
      userId: user.id,
      purpose,
      email: 'Old@Example.org',
      createdAt: BIRTH,
      expiresAt: new Date(expiresAt),
      version: 1,
    });
  });

  it.each(DIFFICULT_TEXTS)('keeps the address %j', async email => {
    await storedToken(`address ${email}`, { email });
    expect(await find(`address ${email}`)).toMatchObject({ email });
  });

  it.each(DIFFICULT_TIMES.filter(time => time < '9999'))('keeps the time %s', async time => {
    await storedToken(`time ${time}`, { now: new Date(time) });
    const found = await find(`time ${time}`);
    expect(found?.createdAt.toISOString()).toBe(time);
    expect(found?.expiresAt.getTime()).toBe(Date.parse(time) + 86_400_000);
  });

  it('tells hashes apart by case and blanks', async () => {
    await storedToken('CaseD');
    for (const other of ['cased', 'CASED', 'CaseD ', 'CaseD\0']) expect(await find(other)).toBeUndefined();
    expect(await find('CaseD')).toBeDefined();
  });

  it.each(['', 'unknown', '\0', "' or 1=1 --", 'x'.repeat(10_000)])('has none under %j', async hash => {
    expect(await find(hash)).toBeUndefined();
  });

  it("answers one person's of one purpose, and nobody else's", async () => {
    const [alice, bob] = [await storedUser(application), await storedUser(application)];
    await storedToken('a1', { of: alice });
    await storedToken('a2', { of: alice });
    await storedToken('a3', { of: alice, purpose: 'reset_password' });
    await storedToken('b1', { of: bob });
    expect(await hashesOf(alice, 'verify_email')).toEqual(['a1', 'a2']);
    expect(await hashesOf(alice, 'reset_password')).toEqual(['a3']);
    expect(await hashesOf(bob, 'verify_email')).toEqual(['b1']);
    expect(await hashesOf(bob, 'reset_password')).toEqual([]);
    expect(await hashesOf({ id: UNKNOWN_ID } as User, 'verify_email')).toEqual([]);
  });

  it('sees in one work what that work added and removed', async () => {
    const owner = await storedUser(application);
    const old = await storedToken('seen-old', { of: owner });
    await work.run(async ({ mailTokens }) => {
      for (const token of await mailTokens.of(owner.id, old.purpose)) await mailTokens.remove(token);
      await mailTokens.add(
        new MailToken('seen-new', { userId: owner.id, email: 'a@b.org', purpose: old.purpose }, BIRTH),
      );
      expect((await mailTokens.of(owner.id, old.purpose)).map(({ id }) => id)).toEqual(['seen-new']);
    });
    expect(await hashesOf(owner, 'verify_email')).toEqual(['seen-new']);
    expect(await find('seen-old')).toBeUndefined();
  });

  it('keeps what a work removed that throws', async () => {
    await storedToken('rolled back');
    const failing = work.run(async ({ mailTokens }) => {
      const token = await mailTokens.get('rolled back');
      if (token) await mailTokens.remove(token);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await find('rolled back')).toBeDefined();
  });

  it('lets one of ten who use a token at once have it', async () => {
    await storedToken('contested');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () =>
        work.run(
          async ({ mailTokens }) => {
            const token = await mailTokens.get('contested');
            if (!token) throw new Error('It was used already.');
            await mailTokens.remove(token);
          },
          { retry: true },
        ),
      ),
    );
    const refusals = outcomes.filter(outcome => outcome.status === 'rejected');
    expect(refusals.map(({ reason }) => reason.message)).toEqual(Array(9).fill('It was used already.'));
    expect(await find('contested')).toBeUndefined();
  });

  it('refuses to remove what somebody else has removed', async () => {
    const token = await storedToken('gone');
    await work.run(({ mailTokens }) => mailTokens.remove(token));
    await expect(work.run(({ mailTokens }) => mailTokens.remove(token))).rejects.toThrow(VersionMismatch);
  });
});

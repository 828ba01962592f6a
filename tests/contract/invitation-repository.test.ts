import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { VersionMismatch } from '../../src/kernel/errors.ts';
import type { IdentityWork } from '../../src/modules/identity/application/ports.ts';
import { Invitation, type NewInvitation } from '../../src/modules/identity/domain/invitation.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { UniqueViolation } from '../../src/platform/unique-violation.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { BIRTH, storedUser } from '../support/people.ts';

describe.each(STORAGES)('the storage of invitations on %s', storage => {
  let application: TestApplication;
  let work: IdentityWork;
  let user: User;
  let last = 0;

  beforeAll(async () => {
    application = await testApplication(storage);
    work = application.get(tokens.identityStorage).work;
    user = await storedUser(application);
  });
  afterAll(() => application.close());

  const invitation = (change: Partial<NewInvitation> = {}, now = BIRTH) => {
    last += 1;
    const content = { email: `person-${last}@example.org`, role: 'member', invitedBy: user.id };
    return new Invitation(application.get(tokens.ids).next(), { ...content, ...change }, 60, now);
  };
  const stored = async (...parts: Parameters<typeof invitation>): Promise<Invitation> => {
    const added = invitation(...parts);
    await work.run(({ invitations }) => invitations.add(added));
    return added;
  };
  const find = (id: string) => work.run(({ invitations }) => invitations.get(id));
  const errorOf = (running: Promise<unknown>) =>
    running.then(
      () => undefined,
      error => error,
    );

  it('keeps every field', async () => {
    const { id } = await stored({ email: 'Zoë.Quinn@Example.org', role: 'admin' });
    await work.run(async ({ invitations }) => {
      const found = await invitations.get(id);
      if (found) found.tokenHash = 'hash of every field';
    });
    const found = await find(id);
    expect(found).toBeInstanceOf(Invitation);
    expect({ ...found }).toEqual({
      id,
      email: 'Zoë.Quinn@Example.org',
      emailKey: 'zoë.quinn@example.org',
      role: 'admin',
      invitedBy: user.id,
      tokenHash: 'hash of every field',
      createdAt: BIRTH,
      expiresAt: new Date('2026-11-23T12:01:00.000Z'),
      version: 2,
    });
  });

  it('finds one by its id, its address and the hash of its token, and none by another', async () => {
    const one = invitation();
    one.tokenHash = 'the hash';
    await work.run(({ invitations }) => invitations.add(one));
    await work.run(async ({ invitations }) => {
      expect(await invitations.get(one.id)).toMatchObject({ id: one.id });
      expect(await invitations.byEmailKey(one.emailKey)).toMatchObject({ id: one.id });
      expect(await invitations.byTokenHash('the hash')).toMatchObject({ id: one.id });
      expect(await invitations.get(UNKNOWN_ID)).toBeUndefined();
      for (const other of ['', 'The hash', 'the hash ', '\0', "' or 1=1 --"]) {
        expect(await invitations.byEmailKey(other)).toBeUndefined();
        expect(await invitations.byTokenHash(other)).toBeUndefined();
      }
    });
  });

  it('lets an address have one, and says so as a race that was lost', async () => {
    const one = await stored();
    const twin = invitation({ email: one.email.toUpperCase() });
    const error = await errorOf(work.run(({ invitations }) => invitations.add(twin)));
    expect(error).toBeInstanceOf(VersionMismatch);
    expect(error.cause).toBeInstanceOf(UniqueViolation);
    expect(error.cause.constraint).toBe('invitations_email_key_key');
    expect(await find(twin.id)).toBeUndefined();
  });

  it('lets any number have no token yet, and one have each', async () => {
    const [one, other] = [await stored(), await stored()];
    const give = (id: string) =>
      work.run(async ({ invitations }) => {
        const found = await invitations.get(id);
        if (found) found.tokenHash = 'the same';
      });
    await give(one.id);
    expect(await errorOf(give(other.id))).toMatchObject({ constraint: 'invitations_token_hash_key' });
  });

  it('takes another for the address of one that the same work removes', async () => {
    const one = await stored();
    const next = invitation({ email: one.email });
    await work.run(async ({ invitations }) => {
      const found = await invitations.byEmailKey(one.emailKey);
      if (found) await invitations.remove(found);
      await invitations.add(next);
    });
    expect(await find(one.id)).toBeUndefined();
    expect(await find(next.id)).toBeDefined();
  });

  it('removes those that have expired, and no others', async () => {
    const later = (seconds: number) => new Date(BIRTH.getTime() + seconds * 1000);
    const [old, young] = [await stored({}, later(1000)), await stored({}, later(1000.001))];
    await work.run(({ invitations }) => invitations.removeExpired(later(1059.999)));
    expect(await find(old.id)).toBeDefined();
    await work.run(({ invitations }) => invitations.removeExpired(later(1060)));
    expect(await find(old.id)).toBeUndefined();
    expect(await find(young.id)).toBeDefined();
  });

  it('removes all that one person has sent', async () => {
    const other = await storedUser(application);
    const theirs = [await stored({ invitedBy: other.id }), await stored({ invitedBy: other.id })];
    const mine = await stored();
    await work.run(({ invitations }) => invitations.removeAllBy(other.id));
    for (const { id } of theirs) expect(await find(id)).toBeUndefined();
    expect(await find(mine.id)).toBeDefined();
  });

  it('keeps what a work removed that throws', async () => {
    const one = await stored();
    const failing = work.run(async ({ invitations }) => {
      const found = await invitations.get(one.id);
      if (found) await invitations.remove(found);
      await invitations.removeAllBy(user.id);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await find(one.id)).toBeDefined();
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { MissingScope, VersionMismatch } from '../../src/kernel/errors.ts';
import type { Principal } from '../../src/kernel/principal.ts';
import type { UserView } from '../../src/modules/identity/application/ports.ts';
import {
  InactiveUser,
  LastAdministrator,
  OwnAccess,
  UserNotFound,
} from '../../src/modules/identity/domain/account-errors.ts';
import type { RoleName } from '../../src/modules/identity/domain/role.ts';
import { InvalidGrant, InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import { accountChanges, accountOf, liveSessionsOf } from '../support/accounts.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { principal, without } from '../support/people.ts';
import { identify, openAccount, refresh, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';

interface Access {
  readonly role?: RoleName;
  readonly isActive?: boolean;
}

describe('changing what somebody may do', () => {
  let application: TestApplication;
  let clock: TestClock;
  let root: UserView;
  let alice: UserView;
  let by: Principal;

  beforeEach(async () => {
    clock = new TestClock();
    application = await testApplication('memory', {}, [override(tokens.clock, clock)]);
    root = await openAccount(application, 'root', 'admin');
    alice = await openAccount(application, 'alice');
    by = principal(root.id);
    clock.advance(60);
  });

  const change = (userId: string, access: Access, expectedVersion?: number) =>
    accountChanges(application).user.execute({ userId, change: access, expectedVersion }, by);
  const stored = (id: string) => accountOf(application, id);
  const verify = (token: string) => identify(application, token);
  const revocations = () => application.get(tokens.identityStorage).revocations.after(0);

  it.each<Access>([{ role: 'admin' }, { isActive: false }, { role: 'admin', isActive: false }])(
    'changes that and nothing else: %j',
    async access => {
      const before = await stored(alice.id);
      const shown = await change(alice.id, access);
      const changed = { ...access, updatedAt: clock.now(), version: 2 };
      expect({ ...(await stored(alice.id)) }).toEqual({ ...before, ...changed });
      expect(shown).toMatchObject(changed);
    },
  );

  it('can be taken back', async () => {
    await change(alice.id, { role: 'admin', isActive: false });
    await change(alice.id, { role: 'member', isActive: true });
    expect(await stored(alice.id)).toMatchObject({ role: 'member', isActive: true, version: 3 });
    await signIn(application, 'alice');
  });

  it('gives a role that tokens have at once, and leaves the sessions alone', async () => {
    const { accessToken, refreshToken } = await signIn(application, 'alice');
    expect((await verify(accessToken)).roles).toEqual(['member']);
    await change(alice.id, { role: 'admin' });
    expect((await verify(accessToken)).roles).toEqual(['admin']);
    expect(await revocations()).toMatchObject([{ userId: alice.id, sessionId: null }]);
    await refresh(application, refreshToken);
  });

  it('takes a role from tokens at once', async () => {
    const other = await openAccount(application, 'other', 'admin');
    const { accessToken } = await signIn(application, 'other');
    expect((await verify(accessToken)).scopes).toContain('users:admin');
    await change(other.id, { role: 'member' });
    expect((await verify(accessToken)).scopes).not.toContain('users:admin');
  });

  it("deactivates: all sessions end, nobody else's do, and none begins", async () => {
    const [one, other] = [await signIn(application, 'alice'), await signIn(application, 'alice')];
    await signIn(application, 'root');
    await change(alice.id, { isActive: false });
    expect(await liveSessionsOf(application, alice.id)).toEqual([]);
    expect(await liveSessionsOf(application, root.id)).toHaveLength(1);
    for (const { accessToken, refreshToken } of [one, other]) {
      await expect(verify(accessToken)).rejects.toThrow(InactiveUser);
      await expect(refresh(application, refreshToken)).rejects.toThrow(InvalidGrant);
    }
    await expect(signIn(application, 'alice')).rejects.toThrow(InvalidGrant);
    await change(alice.id, { isActive: true });
    await expect(verify(one.accessToken)).rejects.toThrow(InvalidToken);
  });

  it.each<Access>([{}, { role: 'member' }, { isActive: true }, { role: 'member', isActive: true }])(
    'to the same is no change: %j',
    async access => {
      await signIn(application, 'alice');
      expect(await change(alice.id, access)).toMatchObject({ version: 1, updatedAt: alice.updatedAt });
      expect(await revocations()).toEqual([]);
      expect(await liveSessionsOf(application, alice.id)).toHaveLength(1);
    },
  );

  it.each<Access>([{ role: 'member' }, { isActive: false }])(
    "is refused for one's own account, though there is another administrator: %j",
    async access => {
      await openAccount(application, 'other', 'admin');
      await expect(change(root.id, access)).rejects.toThrow(OwnAccess);
      expect(await stored(root.id)).toMatchObject({ role: 'admin', isActive: true, version: 1 });
    },
  );

  it("may name one's own account where nothing changes", async () => {
    expect(await change(root.id, { role: 'admin', isActive: true })).toMatchObject({ version: 1 });
  });

  describe('by somebody who is no administrator any more', () => {
    beforeEach(() => {
      by = principal(alice.id);
    });

    it.each<Access>([{ role: 'member' }, { isActive: false }, { role: 'member', isActive: false }])(
      'is refused for the last administrator: %j',
      async access => {
        await expect(change(root.id, access)).rejects.toThrow(LastAdministrator);
        expect(await stored(root.id)).toMatchObject({ role: 'admin', isActive: true, version: 1 });
      },
    );

    it('does not count a deactivated administrator', async () => {
      const gone = await openAccount(application, 'gone', 'admin');
      await change(gone.id, { isActive: false });
      await expect(change(root.id, { role: 'member' })).rejects.toThrow(LastAdministrator);
      await change(gone.id, { isActive: true });
      await change(root.id, { role: 'member' });
      await expect(change(gone.id, { isActive: false })).rejects.toThrow(LastAdministrator);
    });
  });

  it('needs its scope, and somebody whom it is about', async () => {
    await expect(change(UNKNOWN_ID, { role: 'admin' })).rejects.toThrow(UserNotFound);
    by = principal(root.id, without('users:admin'));
    await expect(change(alice.id, { role: 'admin' })).rejects.toThrow(MissingScope);
    await expect(change(UNKNOWN_ID, { role: 'admin' })).rejects.toThrow(MissingScope);
    expect(await stored(alice.id)).toMatchObject({ role: 'member', version: 1 });
  });

  it('is refused where it is based on another version', async () => {
    await expect(change(alice.id, { role: 'admin' }, 2)).rejects.toThrow(VersionMismatch);
    expect((await stored(alice.id)).role).toBe('member');
    await change(alice.id, { role: 'admin' }, 1);
    expect((await stored(alice.id)).role).toBe('admin');
  });
});

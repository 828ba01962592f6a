import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { ListQuery } from '../../src/kernel/list.ts';
import type { IdentityStorage } from '../../src/modules/identity/application/ports.ts';
import type { Session } from '../../src/modules/identity/domain/session.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { LIFETIMES, newSession } from '../support/sessions.ts';

const at = (seconds: number) => new Date(BIRTH.getTime() + seconds * 1000);
const PAGING = { page: 1, perPage: 10 };

describe.each(STORAGES)('the reader of sessions on %s', storage => {
  let application: TestApplication;
  let identity: IdentityStorage;

  beforeAll(async () => {
    application = await testApplication(storage);
    identity = application.get(tokens.identityStorage);
  });
  afterAll(() => application.close());

  async function stored(owner: User, change: Parameters<typeof newSession>[1] = {}): Promise<Session> {
    const session = newSession(owner.id, change);
    await identity.work.run(({ sessions }) => sessions.add(session));
    return session;
  }

  describe('tells what a session lets its person do', () => {
    it('as it is now', async () => {
      const user = await storedUser(application, { role: 'admin' });
      const { id } = await stored(user);
      expect({ ...(await identity.sessions.access(id)) }).toEqual({
        sessionId: id,
        userId: user.id,
        role: 'admin',
        roleScope: null,
        isActive: true,
        signedInAt: BIRTH,
        expiresAt: at(60),
      });
    });

    it('as soon as the account, the rotation or the end was committed', async () => {
      const user = await storedUser(application);
      const { id } = await stored(user);
      await identity.work.run(async ({ users, sessions }) => {
        Object.assign((await users.get(user.id)) ?? {}, { role: 'admin', isActive: false });
        (await sessions.get(id))?.rotate({ hash: 'second', sealed: 'sealed' }, LIFETIMES, at(30));
        expect(await identity.sessions.access(id)).toMatchObject({ isActive: true, expiresAt: at(60) });
      });
      const changed = { role: 'admin', isActive: false, signedInAt: BIRTH };
      expect(await identity.sessions.access(id)).toMatchObject({ ...changed, expiresAt: at(90) });
      await identity.work.run(async ({ sessions }) => (await sessions.get(id))?.end(at(31)));
      expect(await identity.sessions.access(id)).toMatchObject({ ...changed, expiresAt: at(31) });
    });

    it('and nothing where there is no session', async () => {
      expect(await identity.sessions.access(application.get(tokens.ids).next())).toBeUndefined();
    });
  });

  describe('lists', () => {
    let alice: User;
    let ids: readonly string[];

    /** Three of Alice's, begun at 0, 10 and 20 seconds; the first was used last. */
    beforeAll(async () => {
      alice = await storedUser(application);
      await stored(await storedUser(application));
      const sessions = [];
      for (const second of [0, 10, 20])
        sessions.push(
          await stored(alice, { now: at(second), device: { name: `${second}`, address: '192.0.2.7' } }),
        );
      ids = sessions.map(({ id }) => id);
      await identity.work.run(async ({ sessions }) =>
        (await sessions.get(ids[0] ?? ''))?.rotate({ hash: 'second', sealed: 'sealed' }, LIFETIMES, at(40)),
      );
    });

    async function listed(query: Partial<ListQuery>): Promise<readonly number[]> {
      const { rows } = await identity.sessions.list({ paging: PAGING, ...query });
      return rows.map(({ id }) => ids.indexOf(id));
    }

    it('what its person sees of a session, and nothing of its tokens', async () => {
      const { rows, total } = await identity.sessions.list({ where: { owner: alice.id }, paging: PAGING });
      expect(total).toBe(3);
      expect({ ...rows.find(({ id }) => id === ids[0]) }).toEqual({
        id: ids[0],
        userId: alice.id,
        deviceName: '0',
        address: '192.0.2.7',
        createdAt: BIRTH,
        lastUsedAt: at(40),
        expiresAt: at(100),
      });
    });

    it.each<[string, Partial<ListQuery>, number[]]>([
      ['the newest first', {}, [2, 1, 0]],
      ['the oldest first', { sort: { key: 'created_at', descending: false } }, [0, 1, 2]],
      ['the last used first', { sort: { key: 'last_used_at', descending: true } }, [0, 2, 1]],
      ['a page of them', { paging: { page: 2, perPage: 2 } }, [0]],
      ['what is live at the end of the second', { where: { live_at: at(80) } }, [2, 0]],
      ['what is live just after that', { where: { live_at: at(80.001) } }, [0]],
      ['nothing once all have ended', { where: { live_at: at(100.001) } }, []],
    ])('%s', async (_, query, expected) => {
      expect(await listed({ ...query, where: { owner: alice.id, ...query.where } })).toEqual(expected);
    });

    it('nothing of somebody without a session', async () => {
      expect(await listed({ where: { owner: application.get(tokens.ids).next() } })).toEqual([]);
    });
  });
});

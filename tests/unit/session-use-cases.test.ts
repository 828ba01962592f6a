import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { MissingScope } from '../../src/kernel/errors.ts';
import type { Principal } from '../../src/kernel/principal.ts';
import { EndOtherSessions } from '../../src/modules/identity/application/end-other-sessions.ts';
import { EndSession } from '../../src/modules/identity/application/end-session.ts';
import type { AccessRevoked } from '../../src/modules/identity/application/events.ts';
import { ListSessions } from '../../src/modules/identity/application/list-sessions.ts';
import {
  InvalidGrant,
  InvalidToken,
  SessionNotFound,
  SignInTooOld,
} from '../../src/modules/identity/domain/session-errors.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { without } from '../support/people.ts';
import { revocationEvents, revocationsAfter } from '../support/revocations.ts';
import { identify, openAccount, refresh, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';

const TEN_MINUTES = 600;
const PAGING = { page: 1, perPage: 100 };

interface SignedIn extends Principal {
  readonly accessToken: string;
  readonly refreshToken: string;
}

describe('sessions', () => {
  let application: TestApplication;
  let clock: TestClock;
  let list: ListSessions;
  let end: EndSession;
  let endOthers: EndOtherSessions;
  let events: AccessRevoked[];
  let laptop: SignedIn;
  let phone: SignedIn;
  let bob: SignedIn;
  let admin: SignedIn;

  beforeEach(async () => {
    clock = new TestClock();
    const settings = { sessionIdleTtl: 1000, sessionTtl: 10_000, accessTokenTtl: 10_000 };
    application = await testApplication('memory', settings, [override(tokens.clock, clock)]);
    const { work, sessions } = application.get(tokens.identityStorage);
    list = new ListSessions(sessions, clock);
    end = new EndSession(work, clock);
    endOthers = new EndOtherSessions(work, clock);
    events = revocationEvents(application);
    await openAccount(application, 'alice');
    await openAccount(application, 'bob');
    await openAccount(application, 'carol', 'admin');
    laptop = await signedIn('alice', 'Laptop');
    phone = await signedIn('alice', 'Phone');
    bob = await signedIn('bob');
    admin = await signedIn('carol');
  });

  async function signedIn(username: string, name: string | null = null): Promise<SignedIn> {
    const { accessToken, refreshToken } = await signIn(application, username, {
      device: { name, address: '192.0.2.7' },
    });
    return {
      ...(await identify(application, accessToken)),
      address: '192.0.2.7',
      accessToken,
      refreshToken,
    };
  }

  const verify = ({ accessToken }: SignedIn) => identify(application, accessToken);
  const isLive = (session: SignedIn) =>
    verify(session).then(
      () => true,
      error => {
        expect(error).toBeInstanceOf(InvalidToken);
        return false;
      },
    );
  const live = async () => Promise.all([laptop, phone, bob, admin].map(isLive));
  const shownTo = async (by: Principal) => (await list.execute({ paging: PAGING }, by)).rows;
  const idsShownTo = async (by: Principal) => (await shownTo(by)).map(({ id }) => id);
  const revocationOf = ({ userId, sessionId }: SignedIn) => ({ userId, sessionId });

  async function expectRevoked(...sessions: readonly SignedIn[]): Promise<void> {
    const expected = sessions.map(revocationOf);
    expect(events).toEqual(expected.map(revocation => ({ type: 'identity.access_revoked', ...revocation })));
    const rows = await revocationsAfter(application, 0);
    expect(rows).toEqual(expected.map((revocation, index) => ({ sequence: index + 1, ...revocation })));
  }

  describe('that are shown', () => {
    it('are the own ones, without anything of their tokens', async () => {
      const rows = await shownTo(laptop);
      expect(rows).toHaveLength(2);
      expect(rows.find(({ id }) => id === laptop.sessionId)).toEqual({
        id: laptop.sessionId,
        userId: laptop.userId,
        deviceName: 'Laptop',
        address: '192.0.2.7',
        createdAt: clock.now(),
        lastUsedAt: clock.now(),
        expiresAt: new Date(clock.now().getTime() + 1_000_000),
      });
      expect(await idsShownTo(bob)).toEqual([bob.sessionId]);
    });

    it('are the newest first, and tell when they were last used', async () => {
      clock.advance(60);
      const tablet = await signedIn('alice');
      clock.advance(60);
      await refresh(application, laptop.refreshToken);
      const rows = await shownTo(laptop);
      expect(rows[0]?.id).toBe(tablet.sessionId);
      expect(rows.find(({ id }) => id === laptop.sessionId)).toMatchObject({
        createdAt: laptop.signedInAt,
        lastUsedAt: clock.now(),
      });
    });

    it('are live, to the millisecond', async () => {
      clock.advance(500);
      await refresh(application, phone.refreshToken);
      clock.advance(499.999);
      expect(await idsShownTo(phone)).toHaveLength(2);
      clock.advance(0.001);
      expect(await idsShownTo(phone)).toEqual([phone.sessionId]);
    });

    it('are not those that were ended in this very moment', async () => {
      await end.execute(phone.sessionId, laptop);
      expect(await idsShownTo(laptop)).toEqual([laptop.sessionId]);
    });

    it('are nobody else’s, whatever is asked for', async () => {
      const where = { owner: bob.userId, live_at: new Date(0) };
      const { rows, total } = await list.execute({ where, paging: PAGING }, laptop);
      expect(rows.map(({ userId }) => userId)).toEqual([laptop.userId, laptop.userId]);
      expect(total).toBe(2);
    });

    it('are none without the scope', async () => {
      const by = { ...laptop, scopes: new Set(without('profile')) };
      await expect(list.execute({ paging: PAGING }, by)).rejects.toThrow(MissingScope);
    });
  });

  describe('that are ended', () => {
    it('let nobody in any more, by no token of theirs', async () => {
      await end.execute(phone.sessionId, laptop);
      expect(await live()).toEqual([true, false, true, true]);
      await expect(refresh(application, phone.refreshToken)).rejects.toThrow(InvalidGrant);
      await expectRevoked(phone);
    });

    it('can be the present one, however long ago the sign-in was', async () => {
      clock.advance(999);
      await end.execute(laptop.sessionId, laptop);
      expect(await live()).toEqual([false, true, true, true]);
      await expectRevoked(laptop);
    });

    it('can be any with users:admin', async () => {
      await end.execute(bob.sessionId, admin);
      expect(await live()).toEqual([true, true, false, true]);
      await expectRevoked(bob);
    });

    it.each(['user', 'administrator'])('want a sign-in of the last ten minutes of the %s', async who => {
      const by = who === 'user' ? laptop : admin;
      clock.advance(TEN_MINUTES + 0.001);
      await expect(end.execute(phone.sessionId, by)).rejects.toThrow(SignInTooOld);
      await expectRevoked();
      clock.advance(-0.001);
      await end.execute(phone.sessionId, by);
      await expectRevoked(phone);
    });

    it.each<[string, () => [id: string, by: Principal]]>([
      ['is somebody else’s', () => [laptop.sessionId, bob]],
      ['is an administrator’s', () => [admin.sessionId, bob]],
      ['is not there', () => ['no session', admin]],
      [
        'is somebody else’s, for an administrator whose token lacks the scope',
        () => [bob.sessionId, { ...admin, scopes: new Set(without('users:admin')) }],
      ],
    ])('are not found where one %s', async (_, attempt) => {
      await expect(end.execute(...attempt())).rejects.toThrow(SessionNotFound);
      expect(await live()).toEqual([true, true, true, true]);
      await expectRevoked();
    });

    it('are not found when they have ended or expired already', async () => {
      await end.execute(phone.sessionId, laptop);
      await expect(end.execute(phone.sessionId, laptop)).rejects.toThrow(SessionNotFound);
      await expect(end.execute(phone.sessionId, admin)).rejects.toThrow(SessionNotFound);
      clock.advance(500);
      await refresh(application, laptop.refreshToken);
      clock.advance(500);
      const recently = { ...laptop, signedInAt: clock.now() };
      await expect(end.execute(bob.sessionId, { ...recently, scopes: admin.scopes })).rejects.toThrow(
        SessionNotFound,
      );
      await expectRevoked(phone);
    });

    it('are none without the scope', async () => {
      const by = { ...laptop, scopes: new Set(without('profile')) };
      await expect(end.execute(laptop.sessionId, by)).rejects.toThrow(MissingScope);
      await expect(endOthers.execute(by)).rejects.toThrow(MissingScope);
      expect(await live()).toEqual([true, true, true, true]);
    });
  });

  describe('that are ended all but the present one', () => {
    it('are those of whoever asks', async () => {
      const tablet = await signedIn('alice');
      await endOthers.execute(laptop);
      expect(await live()).toEqual([true, false, true, true]);
      expect(await isLive(tablet)).toBe(false);
      await expectRevoked(phone, tablet);
      await expect(refresh(application, laptop.refreshToken)).resolves.toBeDefined();
    });

    it('are none where there is no other, or it has ended', async () => {
      await endOthers.execute(bob);
      await end.execute(phone.sessionId, laptop);
      await endOthers.execute(laptop);
      await expectRevoked(phone);
    });

    it('want a sign-in of the last ten minutes', async () => {
      clock.advance(TEN_MINUTES + 0.001);
      await expect(endOthers.execute(laptop)).rejects.toThrow(SignInTooOld);
      expect(await live()).toEqual([true, true, true, true]);
      clock.advance(-0.001);
      await endOthers.execute(laptop);
      await expectRevoked(phone);
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { type Answer, PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { expectProblem } from '../support/problem.ts';
import { openAccount } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';
import {
  refreshed,
  revoked,
  sessionIdOf,
  signedIn,
  statusWith,
  type Tokens,
} from '../support/token-requests.ts';

const DAY = 86_400;
const TEN_MINUTES = 600;

const idsIn = ({ body }: Answer): string[] => body.results.map(({ id }: { id: string }) => id);

function expectNothing({ status, body, headers }: Answer): void {
  expect({ status, body }).toEqual({ status: 204, body: undefined });
  expect(headers.get('cache-control')).toBe('no-store');
}

describe.each(STORAGES)('the sessions of a person on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let people = 0;
  /** Somebody for each test, who has not signed in yet. */
  let name: string;
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    await openAccount(server.application, 'root', 'admin');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    people += 1;
    name = `person-${people}`;
    const account = { email: `${name}@example.org`, username: name, password: PASSWORD };
    await server.request('POST', '/auth/register', { body: account });
  });

  const signIn = (form: Record<string, string> = {}) => signedIn(server, name, form);
  const list = ({ access_token: token }: Tokens, query = '') =>
    server.request('GET', `/auth/sessions${query}`, { token });
  const end = (id: string, { access_token: token }: Tokens) =>
    server.request('DELETE', `/auth/sessions/${id}`, { token });
  const endOthers = ({ access_token: token }: Tokens, headers: Record<string, string> = {}) =>
    server.request('DELETE', '/auth/sessions', { token, headers });
  /** Also makes the server remember the tokens. */
  const expectLive = async (...sessions: readonly Tokens[]) => {
    for (const each of sessions) expect(await statusWith(server, each)).toBe(200);
  };
  const expectOver = async (...sessions: readonly Tokens[]) => {
    for (const { access_token: token, refresh_token } of sessions) {
      const answer = await server.request('GET', '/users/me', { token });
      expectProblem(answer, 401, 'identity.invalid_token');
      expect((await refreshed(server, refresh_token)).body.error).toBe('invalid_grant');
    }
  };

  describe('are listed', () => {
    it('with what tells them apart, and nothing else', async () => {
      const session = await signIn({ device_name: 'Phone' });
      const began = clock.now().toISOString();
      clock.advance(60);
      const { status, body, headers } = await list(session);
      expect(status).toBe(200);
      expect(headers.has('etag')).toBe(false);
      const shown = {
        id: sessionIdOf(session),
        device_name: 'Phone',
        address: '127.0.0.1',
        created_at: began,
        last_used_at: began,
        current: true,
      };
      expect(body).toEqual({ total_count: 1, page: 1, per_page: 10, results: [shown] });
      const { body: next } = await refreshed(server, session.refresh_token);
      expect((await list(next)).body.results).toEqual([
        { ...shown, last_used_at: clock.now().toISOString() },
      ]);
    });

    it('also without a name of the device', async () => {
      expect((await list(await signIn())).body.results).toEqual([
        expect.objectContaining({ device_name: null }),
      ]);
    });

    it('with the one that asks marked', async () => {
      const [phone, laptop] = [await signIn(), await signIn()];
      for (const session of [phone, laptop]) {
        const { results } = (await list(session)).body;
        expect(results).toHaveLength(2);
        const current = results.filter((shown: { current: boolean }) => shown.current);
        expect(current.map(({ id }: { id: string }) => id)).toEqual([sessionIdOf(session)]);
      }
    });

    it('the newest first, by page, or in another order', async () => {
      const sessions: Tokens[] = [];
      for (const seconds of [0, 1, 1, 0, 1]) {
        clock.advance(seconds);
        sessions.push(await signIn());
      }
      const ids = sessions.map(sessionIdOf);
      const newest = sessions.at(-1) as Tokens;
      expect(idsIn(await list(newest))).toEqual(ids.toReversed());
      expect(idsIn(await list(newest, '?sort=created_at'))).toEqual(ids);
      const second = await list(newest, '?page=2&per_page=2');
      expect(second.body).toMatchObject({ total_count: 5, page: 2, per_page: 2 });
      expect(idsIn(second)).toEqual(ids.toReversed().slice(2, 4));
      expect(second.headers.get('link')).toContain('</api/v1/auth/sessions?per_page=2&page=3>; rel="next"');
      expect((await list(newest, '?page=9')).body).toMatchObject({ total_count: 5, results: [] });
      clock.advance(1);
      await refreshed(server, sessions[1]?.refresh_token ?? '');
      expect(idsIn(await list(newest, '?sort=-last_used_at&per_page=2'))).toEqual([ids[1], ids[4]]);
    });

    it('without those that have ended, in whatever way', async () => {
      const [kept, ended, revokedOne, reused] = [
        await signIn(),
        await signIn(),
        await signIn(),
        await signIn(),
      ];
      const { body: next } = await refreshed(server, reused.refresh_token);
      expect((await list(kept)).body.total_count).toBe(4);
      await end(sessionIdOf(ended), kept);
      expect(idsIn(await list(kept))).not.toContain(sessionIdOf(ended));
      await revoked(server, revokedOne.refresh_token);
      expect((await list(kept)).body.total_count).toBe(2);
      await refreshed(server, next.refresh_token);
      await refreshed(server, reused.refresh_token);
      const left = await list(kept);
      expect(idsIn(left)).toEqual([sessionIdOf(kept)]);
      expect(left.body.total_count).toBe(1);
    });

    it('until the millisecond in which they end by themselves', async () => {
      const idle = await signIn();
      clock.advance(7 * DAY - 0.001);
      const session = await signIn();
      expect(idsIn(await list(session))).toEqual([sessionIdOf(session), sessionIdOf(idle)]);
      clock.advance(0.001);
      expect(idsIn(await list(session))).toEqual([sessionIdOf(session)]);
    });

    it('to nobody else, not even to an administrator', async () => {
      const session = await signIn();
      const root = await signedIn(server, 'root');
      expect(idsIn(await list(root, '?per_page=100'))).not.toContain(sessionIdOf(session));
      expect(idsIn(await list(session))).toEqual([sessionIdOf(session)]);
    });
  });

  describe('are ended one by one', () => {
    it('with all their tokens at once, while the others go on', async () => {
      const [phone, laptop, tablet] = [await signIn(), await signIn(), await signIn()];
      const { body: next } = await refreshed(server, phone.refresh_token);
      await expectLive(phone, next, laptop, tablet);
      expectNothing(await end(sessionIdOf(phone), laptop));
      await expectOver(phone, next);
      await expectLive(laptop, tablet);
      expect((await refreshed(server, tablet.refresh_token)).status).toBe(200);
    });

    it('by an id in capitals too, since ids are not told apart by case', async () => {
      const [phone, laptop] = [await signIn(), await signIn()];
      expectNothing(await end(sessionIdOf(phone).toUpperCase(), laptop));
      await expectOver(phone);
    });

    it('the present one too, however long ago the sign-in is', async () => {
      const session = await signIn();
      clock.advance(TEN_MINUTES + 1);
      await expectLive(session);
      expectNothing(await end(sessionIdOf(session), session));
      await expectOver(session);
    });

    it('another one only within 10 minutes of signing in, which a refresh is not', async () => {
      const [phone, laptop] = [await signIn(), await signIn()];
      clock.advance(TEN_MINUTES);
      expectNothing(await end(sessionIdOf(phone), laptop));
      const other = await signIn();
      clock.advance(0.001);
      const { body: next } = await refreshed(server, laptop.refresh_token);
      for (const late of [laptop, next]) {
        expectProblem(await end(sessionIdOf(other), late), 403, 'identity.sign_in_too_old');
        expectProblem(await end(UNKNOWN_ID, late), 403, 'identity.sign_in_too_old');
      }
      await expectLive(other);
    });

    it('not by somebody else, to whom they are not there', async () => {
      const session = await signIn();
      await server.signUp(`other-of-${name}`);
      const other = await signedIn(server, `other-of-${name}`);
      expectProblem(await end(sessionIdOf(session), other), 404, 'identity.session_not_found');
      await expectLive(session);
      expect(idsIn(await list(session))).toEqual([sessionIdOf(session)]);
    });

    it('by an administrator of users, whose token says so', async () => {
      const session = await signIn();
      await expectLive(session);
      const lesser = await signedIn(server, 'root', { scope: 'profile roles:admin' });
      expectProblem(await end(sessionIdOf(session), lesser), 404, 'identity.session_not_found');
      await expectLive(session);
      expectNothing(await end(sessionIdOf(session), await signedIn(server, 'root')));
      await expectOver(session);
    });

    it('once: what has ended, or never was, is not there', async () => {
      const [phone, laptop, idle] = [await signIn(), await signIn(), await signIn()];
      expectNothing(await end(sessionIdOf(phone), laptop));
      expectProblem(await end(sessionIdOf(phone), laptop), 404, 'identity.session_not_found');
      expectProblem(await end(UNKNOWN_ID, laptop), 404, 'identity.session_not_found');
      clock.advance(7 * DAY);
      expectProblem(await end(sessionIdOf(idle), await signIn()), 404, 'identity.session_not_found');
    });

    it('by one of ten who ask at once', async () => {
      const [phone, laptop] = [await signIn(), await signIn()];
      const answers = await Promise.all(Array.from({ length: 10 }, () => end(sessionIdOf(phone), laptop)));
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([204, ...Array(9).fill(404)]);
      await expectOver(phone);
    });
  });

  describe('are ended all but one', () => {
    it('at once, and nobody else is touched', async () => {
      const others = [await signIn(), await signIn(), await signIn()];
      const session = await signIn();
      const root = await signedIn(server, 'root');
      await expectLive(...others, session, root);
      expectNothing(await endOthers(session));
      await expectOver(...others);
      await expectLive(session, root);
      expect(idsIn(await list(session))).toEqual([sessionIdOf(session)]);
      expect((await refreshed(server, session.refresh_token)).status).toBe(200);
    });

    it('also where there is no other, and whatever If-Match says: lists have no ETag', async () => {
      const session = await signIn();
      for (const headers of [{}, { 'if-match': '"other"' }]) expectNothing(await endOthers(session, headers));
      await expectLive(session);
    });

    it('only within 10 minutes of signing in, which a refresh is not', async () => {
      const [phone, laptop] = [await signIn(), await signIn()];
      clock.advance(TEN_MINUTES + 0.001);
      const { body: next } = await refreshed(server, laptop.refresh_token);
      for (const late of [laptop, next])
        expectProblem(await endOthers(late), 403, 'identity.sign_in_too_old');
      await expectLive(phone);
      clock.advance(-0.001);
      expectNothing(await endOthers(laptop));
      await expectOver(phone);
    });
  });

  it('are shown and ended with the scope "profile" only', async () => {
    const [session, lesser] = [await signIn(), await signIn({ scope: 'todos' })];
    for (const answer of [
      await list(lesser),
      await end(sessionIdOf(session), lesser),
      await end(sessionIdOf(lesser), lesser),
      await endOthers(lesser),
    ])
      expectProblem(answer, 403, 'access.insufficient_scope');
    await expectLive(session);
    expectNothing(await end(sessionIdOf(lesser), session));
  });
});

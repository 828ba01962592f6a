import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { freshStorage } from '../support/application.ts';
import type { TestServer } from '../support/client.ts';
import { cookieHeader } from '../support/cookies.ts';
import { CLIENT, type Granting, TestIssuer } from '../support/issuer.ts';
import { keycloakServer } from '../support/keycloak-server.ts';

/** Milliseconds within which a session that one process ended is over in the other. */
const EVERYWHERE = 1000;

/** Milliseconds between the use of a refresh token and the answer that says what came of it. */
const ON_THE_WAY = 150;

const nowInSeconds = () => Math.floor(Date.now() / 1000);
const sleep = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds));

describe.each(['sqlite', 'postgresql'] as const)(
  'two servers with Keycloak on one database of %s',
  storage => {
    let issuer: TestIssuer;
    let servers: readonly [TestServer, TestServer];
    let removeStorage: () => Promise<void>;
    beforeAll(async () => {
      issuer = await TestIssuer.start();
      const { settings, remove } = await freshStorage(storage);
      removeStorage = remove;
      // What each would have as its own is replaced by what they share.
      const start = () => keycloakServer(issuer, 'sqlite', settings);
      servers = [await start(), await start()];
    });
    afterAll(async () => {
      for (const server of servers) await server.stop();
      await removeStorage();
      await issuer.stop();
    });
    beforeEach(() => {
      issuer.requests.length = 0;
    });

    const person = (name: string) => ({
      sub: `subject of ${name}`,
      sid: crypto.randomUUID(),
      preferred_username: name,
      email: `${name}@example.org`,
    });
    type Person = ReturnType<typeof person>;

    /** Keycloak's tokens. Each refresh token works once, as Keycloak is set up to do. */
    const givingOnce = (who: Person, nonce: string | null, lifetimes: readonly number[]): Granting => {
      const given = new Set(['code']);
      const left = [...lifetimes];
      return async form => {
        const shown = form.get('code') ?? form.get('refresh_token') ?? '';
        if (!given.delete(shown)) return { status: 400, body: { error: 'invalid_grant' } };
        const refresh = crypto.randomUUID();
        given.add(refresh);
        const exp = nowInSeconds() + (left.shift() ?? 300);
        const body = {
          access_token: await issuer.accessToken({ ...who, exp }),
          id_token: await issuer.accessToken({ ...who, aud: CLIENT, typ: 'ID', nonce }),
          refresh_token: refresh,
          token_type: 'Bearer',
          expires_in: 300,
          refresh_expires_in: 1800,
        };
        if (form.has('refresh_token')) await sleep(ON_THE_WAY);
        return { body };
      };
    };

    /** A browser that has signed in at the first. Its access tokens last for these seconds, one after the other. */
    async function browserOf(who: Person, ...lifetimes: readonly number[]): Promise<string> {
      const [server] = servers;
      const begun = await server.request('GET', '/auth/oidc/login');
      const sent = new URL(begun.headers.get('location') ?? '').searchParams;
      issuer.granting = givingOnce(who, sent.get('nonce'), lifetimes);
      const query = new URLSearchParams({ code: 'code', state: sent.get('state') ?? '' });
      const headers = { cookie: cookieHeader(begun) };
      const finished = await server.request('GET', `/auth/oidc/callback?${query}`, { headers });
      expect(finished.status).toBe(302);
      return cookieHeader(finished);
    }

    const byToken = (server: TestServer, token: string) => server.request('GET', '/users/me', { token });
    const byCookie = (server: TestServer, cookie: string) =>
      server.request('GET', '/users/me', { headers: { cookie } });

    it('both refuse, within a second, what Keycloak told one of them has ended', async () => {
      const [first, second] = servers;
      const ended = person('alice');
      const kept = { ...ended, sid: crypto.randomUUID() };
      const [token, other] = [await issuer.accessToken(ended), await issuer.accessToken(kept)];
      const [cookie, otherCookie] = [await browserOf(ended), await browserOf(kept)];
      for (const server of [...servers, ...servers]) {
        for (const shown of [token, other]) expect((await byToken(server, shown)).status).toBe(200);
        for (const shown of [cookie, otherCookie]) expect((await byCookie(server, shown)).status).toBe(200);
      }
      const form = { logout_token: await issuer.logoutToken({ sub: ended.sub, sid: ended.sid }) };
      expect((await first.request('POST', '/auth/oidc/backchannel-logout', { form })).status).toBe(200);
      const started = performance.now();
      expect([(await byToken(first, token)).status, (await byCookie(first, cookie)).status]).toEqual([
        401, 401,
      ]);
      await vi.waitFor(
        async () => {
          const shown = [(await byToken(second, token)).status, (await byCookie(second, cookie)).status];
          expect(shown).toEqual([401, 401]);
        },
        { timeout: EVERYWHERE, interval: 20 },
      );
      expect(performance.now() - started).toBeLessThan(EVERYWHERE);
      for (const server of servers)
        expect([(await byToken(server, other)).status, (await byCookie(server, otherCookie)).status]).toEqual(
          [200, 200],
        );
      expect((await second.request('POST', '/auth/oidc/backchannel-logout', { form })).status).toBe(400);
    });

    it('both go on with a browser that comes to them at once when its tokens must be renewed', async () => {
      const cookie = await browserOf(person('bob'), -10);
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, index) => byCookie(servers[index % 2] as TestServer, cookie)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
      for (const server of servers) expect((await byCookie(server, cookie)).status).toBe(200);
      expect(issuer.requests.filter(path => path === '/token').length).toBeLessThanOrEqual(3);
    });

    it('renew by turns, each with what the other was given', async () => {
      const cookie = await browserOf(person('carol'), -10, -10, -10, -10);
      for (const server of [...servers, ...servers])
        expect((await byCookie(server, cookie)).status).toBe(200);
      expect(issuer.requests.filter(path => path === '/token').length).toBe(5);
    });

    it('end a session whose tokens are renewed by none of them any more', async () => {
      const cookie = await browserOf(person('dora'), -10);
      issuer.granting = async () => ({ status: 400, body: { error: 'invalid_grant' } });
      const answers = await Promise.all(servers.map(server => byCookie(server, cookie)));
      expect(answers.map(({ status }) => status)).toEqual([401, 401]);
      const asked = issuer.requests.length;
      for (const server of servers) expect((await byCookie(server, cookie)).status).toBe(401);
      expect(issuer.requests).toHaveLength(asked);
    });

    it('give one account to a newcomer whom both see at once', async () => {
      const newcomer = person('emil');
      const shown = await Promise.all(
        Array.from({ length: 8 }, () => issuer.accessToken({ ...newcomer, sid: crypto.randomUUID() })),
      );
      const answers = await Promise.all(
        shown.map((token, index) => byToken(servers[index % 2] as TestServer, token)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
      expect(answers[0]?.body).toMatchObject({ username: 'emil', email: 'emil@example.org' });
      const admin = await issuer.accessToken({ ...person('root'), realm_access: { roles: ['admin'] } });
      const { body } = await servers[0].request('GET', '/users?per_page=100', { token: admin });
      const names = body.results.map(({ username }: { username: string | null }) => username);
      expect(names.filter((name: string | null) => name === null || name === 'emil')).toEqual(['emil']);
    });
  },
);

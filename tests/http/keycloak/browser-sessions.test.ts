import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { STORAGES } from '../../support/application.ts';
import type { Answer, TestServer } from '../../support/client.ts';
import { cookieHeader, expectDropped } from '../../support/cookies.ts';
import { CLIENT, type Granting, nowInSeconds, TestIssuer } from '../../support/issuer.ts';
import { keycloakServer } from '../../support/keycloak-server.ts';

const CALLBACK = '/auth/oidc/callback';

describe.each(STORAGES)('browsers that sign in at Keycloak, on %s', storage => {
  let issuer: TestIssuer;
  let server: TestServer;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    server = await keycloakServer(issuer, storage);
  });
  afterAll(async () => {
    await server.stop();
    await issuer.stop();
  });
  beforeEach(() => {
    issuer.comeBack();
    issuer.granting = async () => ({ status: 400, body: { error: 'invalid_grant' } });
  });

  const begin = (query = '') => server.request('GET', `/auth/oidc/login${query}`);
  const parametersOf = (begun: Answer) => new URL(begun.headers.get('location') ?? '').searchParams;
  const comeBack = (cookie: string, query: Readonly<Record<string, string>>) =>
    server.request('GET', `${CALLBACK}?${new URLSearchParams(query)}`, { headers: { cookie } });

  /** What Keycloak gives for the code of a sign-in, and for the refresh token then. */
  const giving =
    (
      nonce: string | null,
      { sid = 'sid-1', seconds = 300, audience = CLIENT, signedInAt = nowInSeconds() } = {},
    ): Granting =>
    async () => {
      const claims = { sid, exp: nowInSeconds() + seconds, auth_time: signedInAt };
      const tokens = {
        access_token: await issuer.accessToken(claims),
        id_token: await issuer.accessToken({
          ...claims,
          aud: audience,
          typ: 'ID',
          nonce,
          exp: nowInSeconds() + 300,
        }),
        refresh_token: `refresh-${crypto.randomUUID()}`,
      };
      return {
        body: { ...tokens, token_type: 'Bearer', expires_in: Math.max(1, seconds), refresh_expires_in: 1800 },
      };
    };

  async function signIn(options: Parameters<typeof giving>[1] = {}) {
    const begun = await begin();
    const parameters = parametersOf(begun);
    issuer.granting = giving(parameters.get('nonce'), options);
    const query = { code: 'a-code', state: parameters.get('state') ?? '' };
    const finished = await comeBack(cookieHeader(begun), query);
    return { begun, query, finished, cookie: cookieHeader(finished) };
  }

  const me = (cookie: string) => server.request('GET', '/users/me', { headers: { cookie } });

  it('are sent there with PKCE, state and nonce, and come back to where they wanted', async () => {
    const begun = await begin('?return_to=/tasks');
    expect([begun.status, begun.headers.get('cache-control')]).toEqual([302, 'no-store']);
    expect(Object.fromEntries(parametersOf(begun))).toMatchObject({
      response_type: 'code',
      client_id: CLIENT,
      scope: 'openid',
      code_challenge_method: 'S256',
      redirect_uri: 'http://atrium.test/api/v1/auth/oidc/callback',
      state: expect.stringMatching(/.{43}/),
      nonce: expect.stringMatching(/.{43}/),
    });
    issuer.granting = giving(parametersOf(begun).get('nonce'));
    const state = parametersOf(begun).get('state') ?? '';
    const finished = await comeBack(cookieHeader(begun), { code: 'a-code', state });
    expect([finished.status, finished.headers.get('location')]).toEqual([302, '/tasks']);
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'tasks'])(
    'are not sent on to %s',
    async place => {
      expect((await begin(`?return_to=${encodeURIComponent(place)}`)).status).toBe(422);
    },
  );

  it('get a cookie that says nothing, and are known by it', async () => {
    const { cookie, finished } = await signIn();
    expect(cookie).toMatch(/^atrium_access=ats_[\w-]{43}$/);
    expect(JSON.stringify([...finished.headers])).not.toMatch(/eyJ|refresh-/);
    expect(await me(cookie)).toMatchObject({ status: 200, body: { username: 'alice' } });
    const sessions = await server.request('GET', '/auth/sessions', { headers: { cookie } });
    expect(sessions.body.results).toMatchObject([{ current: true }]);
  });

  it('go on after their access token has ended, by tokens that are renewed once', async () => {
    const { cookie } = await signIn({ seconds: -10 });
    issuer.requests.length = 0;
    issuer.granting = giving(null, { seconds: 300 });
    const answers = await Promise.all(Array.from({ length: 5 }, () => me(cookie)));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(issuer.requests).toEqual(['/token']);
    await me(cookie);
    expect(issuer.requests).toEqual(['/token']);
  });

  it('wait while Keycloak is away, and end when it says so', async () => {
    const { cookie } = await signIn({ seconds: -10 });
    issuer.goAway();
    expect(await me(cookie)).toMatchObject({ status: 503, body: { code: 'identity.provider_unavailable' } });
    issuer.comeBack();
    for (const answer of [
      { status: 502, body: {} },
      { status: 401, body: { error: 'invalid_client' } },
    ]) {
      issuer.granting = async () => answer;
      expect(await me(cookie)).toMatchObject({
        status: 503,
        body: { code: 'identity.provider_unavailable' },
      });
    }
    expect((await me(cookie)).body.detail).toContain('invalid_client');
    issuer.granting = async () => ({ status: 400, body: { error: 'invalid_grant' } });
    expect((await me(cookie)).status).toBe(401);
    issuer.granting = giving(null);
    expect((await me(cookie)).status).toBe(401);
  });

  it('sign out here, and are told where to sign out there', async () => {
    const { cookie } = await signIn();
    expect((await me(cookie)).status).toBe(200);
    const cross = { cookie, 'sec-fetch-site': 'cross-site' };
    expect((await server.request('POST', '/auth/logout', { headers: cross })).status).toBe(403);
    const out = await server.request('POST', '/auth/logout', { headers: { cookie } });
    expect(out.status).toBe(200);
    expectDropped(out);
    const place = new URL(out.body.redirect_to);
    expect(place.origin + place.pathname).toBe(`${issuer.url}/logout`);
    expect(Object.fromEntries(place.searchParams)).toMatchObject({
      client_id: CLIENT,
      post_logout_redirect_uri: 'http://atrium.test/',
      id_token_hint: expect.stringMatching(/^eyJ/),
    });
    expect((await me(cookie)).status).toBe(401);
    expect((await server.request('POST', '/auth/logout')).status).toBe(200);
  });

  it('are signed out by Keycloak', async () => {
    const { cookie } = await signIn({ sid: 'sid-ended' });
    const kept = await signIn({ sid: 'sid-kept' });
    expect([(await me(cookie)).status, (await me(kept.cookie)).status]).toEqual([200, 200]);
    const form = { logout_token: await issuer.logoutToken({ sid: 'sid-ended' }) };
    expect((await server.request('POST', '/auth/oidc/backchannel-logout', { form })).status).toBe(200);
    expect([(await me(cookie)).status, (await me(kept.cookie)).status]).toEqual([401, 200]);
  });

  it('that sign in again by the same session of Keycloak are signed in once', async () => {
    const first = await signIn({ sid: 'sid-same' });
    expect((await me(first.cookie)).status).toBe(200);
    const second = await signIn({ sid: 'sid-same' });
    expect([(await me(first.cookie)).status, (await me(second.cookie)).status]).toEqual([401, 200]);
  });

  it('leave the session that they had when they sign in by another session of Keycloak', async () => {
    const first = await signIn({ sid: 'sid-left' });
    const begun = await begin();
    issuer.granting = giving(parametersOf(begun).get('nonce'), { sid: 'sid-next' });
    const state = parametersOf(begun).get('state') ?? '';
    const finished = await comeBack(`${cookieHeader(begun)}; ${first.cookie}`, { code: 'a-code', state });
    expect([(await me(first.cookie)).status, (await me(cookieHeader(finished))).status]).toEqual([401, 200]);
  });

  it('have signed in when Keycloak says, and not when they came back by single sign-on', async () => {
    const { cookie } = await signIn({ signedInAt: nowInSeconds() - 3600 });
    const headers = { cookie };
    expect(await server.request('DELETE', '/auth/sessions', { headers })).toMatchObject({
      status: 403,
      body: { code: 'identity.sign_in_too_old' },
    });
  });

  it('are refused with a state of another, none, or without having begun', async () => {
    const begun = await begin();
    const cookie = cookieHeader(begun);
    issuer.granting = giving(parametersOf(begun).get('nonce'));
    const state = parametersOf(begun).get('state') ?? '';
    const refusals = [
      await comeBack(cookie, { code: 'a-code', state: 'another' }),
      await comeBack(cookie, { code: 'a-code' }),
      await comeBack('', { code: 'a-code', state }),
      await comeBack('atrium_sign_in=nonsense', { code: 'a-code', state }),
      await comeBack(cookieHeader(await begin()), { code: 'a-code', state }),
      await comeBack(cookie, { error: 'access_denied', state }),
      await comeBack(cookie, { state }),
    ];
    for (const refused of refusals) {
      expect(refused).toMatchObject({ status: 400, body: { code: 'identity.sign_in_refused' } });
      expect(refused.headers.getSetCookie()).toEqual([]);
      expect(refused.body.detail).toContain('/auth/oidc/login');
    }
    expect(refusals[5]?.body.detail).toContain('access_denied');
  });

  it('are refused with a code that Keycloak does not take, or an answer to somebody else', async () => {
    const begun = await begin();
    const query = { code: 'used', state: parametersOf(begun).get('state') ?? '' };
    expect((await comeBack(cookieHeader(begun), query)).status).toBe(400);
    issuer.granting = giving('the nonce of another');
    expect((await comeBack(cookieHeader(begun), query)).status).toBe(400);
    issuer.granting = giving(parametersOf(begun).get('nonce'), { audience: 'another-client' });
    expect((await comeBack(cookieHeader(begun), query)).status).toBe(400);
    issuer.goAway();
    expect((await comeBack(cookieHeader(begun), query)).status).toBe(503);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { Identified } from '../../src/kernel/principal.ts';
import type { Revocation } from '../../src/modules/identity/application/ports.ts';
import { InactiveUser } from '../../src/modules/identity/domain/account-errors.ts';
import { InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import {
  type Answer,
  PASSWORD,
  type RequestOptions,
  type TestServer,
  testServer,
} from '../support/client.ts';
import { cookieHeader } from '../support/cookies.ts';
import { TestIssuer } from '../support/issuer.ts';
import { inBrowser } from '../support/keycloak-browser.ts';
import { keycloakServer } from '../support/keycloak-server.ts';
import { openAccount } from '../support/sign-in.ts';
import { signedIn } from '../support/token-requests.ts';

/** Somebody's socket, as whoever keeps it sees it. */
interface Socket {
  readonly token: string;
  readonly who: Identified;
}

/** Keeps what was told, and looks the socket's token up anew whenever it could be meant. */
class Sockets {
  readonly told: Revocation[] = [];
  readonly stop: () => void;
  private readonly server: TestServer;

  constructor(server: TestServer) {
    this.server = server;
    this.stop = server.application
      .get(tokens.accessWatch)
      .onRevoked(revocation => this.told.push(revocation));
  }

  async open(token: string): Promise<Socket> {
    const upgrade = { headers: { authorization: `Bearer ${token}` }, url: '/api/v1/chat/ws' };
    const { principal } = await this.server.application
      .get(tokens.socketAuthentication)
      .authenticate(upgrade);
    this.told.length = 0;
    return { token, who: principal };
  }

  /** Whether it has been told of what happened to this one. */
  meant({ who }: Socket): boolean {
    return this.told.some(
      ({ userId, sessionId }) =>
        (userId === null || userId === who.userId) && (sessionId === null || sessionId === who.sessionId),
    );
  }

  async expectEnded(socket: Socket, error: unknown = InvalidToken): Promise<void> {
    expect(this.meant(socket)).toBe(true);
    const looked = this.server.application.get(tokens.socketAuthentication).reverify(socket.token);
    await expect(looked).rejects.toBeInstanceOf(error);
  }

  async scopesOf({ token }: Socket): Promise<ReadonlySet<string>> {
    const { principal } = await this.server.application.get(tokens.socketAuthentication).reverify(token);
    return principal.scopes;
  }
}

const done = (answer: Answer) => {
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer;
};

describe('whoever keeps sockets is told at once', () => {
  let server: TestServer;
  let sockets: Sockets;
  let root: string;
  let name: string;
  let id: string;
  let access: string;
  let refresh: string;
  let socket: Socket;
  /** Of somebody else. */
  let other: Socket;
  beforeAll(async () => {
    server = await testServer();
    sockets = new Sockets(server);
    await openAccount(server.application, 'root', 'admin');
    root = (await signedIn(server, 'root')).access_token;
  });
  afterAll(() => {
    sockets.stop();
    return server.stop();
  });
  beforeEach(async () => {
    name = `user-${crypto.randomUUID().slice(0, 8)}`;
    ({ id, token: access, refreshToken: refresh } = await server.signUp(name));
    other = await sockets.open((await server.signUp(`${name}-x`)).token);
    socket = await sockets.open(access);
  });
  afterEach(async () => expect(await sockets.scopesOf(other)).toContain('chat'));

  const ask = async (method: string, path: string, options: RequestOptions = { token: access }) =>
    done(await server.request(method, path, options));

  it('when a browser logs out', async () => {
    const cookie = cookieHeader(
      await ask('POST', '/auth/login', { body: { username: name, password: PASSWORD } }),
    );
    const token = /atrium_access=([^;]+)/.exec(cookie)?.[1] ?? '';
    const browser = await sockets.open(token);
    await ask('POST', '/auth/logout', { headers: { cookie } });
    await sockets.expectEnded(browser);
    expect(sockets.meant(socket)).toBe(false);
  });

  it('when a browser signs in again over the session that it had', async () => {
    const body = { username: name, password: PASSWORD };
    const cookie = cookieHeader(await ask('POST', '/auth/login', { body }));
    const browser = await sockets.open(/atrium_access=([^;]+)/.exec(cookie)?.[1] ?? '');
    await ask('POST', '/auth/login', { body, headers: { cookie } });
    await sockets.expectEnded(browser);
  });

  it('when a session is ended by its person, or by an administrator', async () => {
    await ask('DELETE', `/auth/sessions/${socket.who.sessionId}`);
    await sockets.expectEnded(socket);
    const next = await sockets.open((await signedIn(server, name)).access_token);
    await ask('DELETE', `/auth/sessions/${next.who.sessionId}`, { token: root });
    await sockets.expectEnded(next);
  });

  it('when all other sessions are ended, and not of the one that stays', async () => {
    const { access_token: token } = await signedIn(server, name);
    await ask('DELETE', '/auth/sessions', { token });
    await sockets.expectEnded(socket);
    expect(sockets.told).toEqual([{ userId: id, sessionId: socket.who.sessionId }]);
  });

  it.each([
    ['access', () => access],
    ['refresh', () => refresh],
  ])('when the %s token is revoked', async (_, token) => {
    await ask('POST', '/auth/revoke', { form: { token: token() } });
    await sockets.expectEnded(socket);
  });

  it('when a refresh token is used twice', async () => {
    const form = (token: string) => ({ grant_type: 'refresh_token', refresh_token: token });
    const { body: second } = await ask('POST', '/auth/token', { form: form(refresh) });
    await ask('POST', '/auth/token', { form: form(second.refresh_token) });
    expect((await server.request('POST', '/auth/token', { form: form(refresh) })).status).toBe(400);
    await sockets.expectEnded(socket);
  });

  it('when the password is changed', async () => {
    const body = { current_password: PASSWORD, new_password: 'another horse battery' };
    await ask('PUT', '/users/me/password', { token: access, body });
    await sockets.expectEnded(socket);
  });

  it('when an operator sets another password', async () => {
    const reset = { email: `${name}@example.org`, password: 'another horse battery' };
    await server.application.get(tokens.resetPassword).execute(reset);
    await sockets.expectEnded(socket);
  });

  it('when the account is deactivated', async () => {
    await ask('PATCH', `/users/${id}`, { token: root, body: { is_active: false } });
    await sockets.expectEnded(socket, InactiveUser);
  });

  it('when the account is deleted', async () => {
    await ask('DELETE', '/users/me', { token: access, body: {} });
    await sockets.expectEnded(socket);
  });

  it('when a personal access token is deleted, or revoked', async () => {
    const made = async () =>
      (await ask('POST', '/auth/access-tokens', { token: access, body: { name: 'Bot' } })).body;
    const [deleted, revoked] = [await made(), await made()];
    const first = await sockets.open(deleted.token);
    await ask('DELETE', `/auth/access-tokens/${deleted.id}`);
    await sockets.expectEnded(first);
    const second = await sockets.open(revoked.token);
    await ask('POST', '/auth/revoke', { form: { token: revoked.token } });
    await sockets.expectEnded(second);
    expect(sockets.meant(socket)).toBe(false);
  });

  it('when the person gets another role, or their role allows something else', async () => {
    const role = `role-${name}`;
    await ask('POST', '/roles', { token: root, body: { name: role, scopes: ['todos', 'chat'] } });
    await ask('PATCH', `/users/${id}`, { token: root, body: { role } });
    expect(sockets.meant(socket)).toBe(true);
    expect(await sockets.scopesOf(socket)).toEqual(new Set(['todos', 'chat']));
    sockets.told.length = 0;
    await ask('PUT', `/roles/${role}`, { token: root, body: { scopes: ['todos'] } });
    expect(sockets.meant(socket)).toBe(true);
    expect(await sockets.scopesOf(socket)).toEqual(new Set(['todos']));
  });
});

describe.each(['a bearer token', 'a browser'] as const)('with Keycloak and %s', kind => {
  let issuer: TestIssuer;
  let server: TestServer;
  let sockets: Sockets;
  beforeAll(async () => {
    issuer = await TestIssuer.start();
    server = await keycloakServer(issuer);
    sockets = new Sockets(server);
  });
  afterAll(async () => {
    sockets.stop();
    await server.stop();
    await issuer.stop();
  });

  const sid = () => crypto.randomUUID();
  const shown = async (claims: Readonly<Record<string, unknown>>): Promise<Socket> => {
    const token = await issuer.accessToken(claims);
    return sockets.open(kind === 'a browser' ? await inBrowser(token, { issuer, server }) : token);
  };
  const logOut = async (claims: Readonly<Record<string, unknown>>) => {
    const form = { logout_token: await issuer.logoutToken(claims) };
    done(await server.request('POST', '/auth/oidc/backchannel-logout', { form }));
  };

  it('whoever keeps sockets is told when the session ends there', async () => {
    const session = sid();
    const socket = await shown({ sid: session });
    await logOut({ sid: session });
    await sockets.expectEnded(socket);
  });

  it('whoever keeps sockets is told when all sessions of somebody end there', async () => {
    const sub = `subject-${sid()}`;
    const socket = await shown({ sub, sid: sid(), preferred_username: null, email: null });
    await logOut({ sub, sid: null });
    await sockets.expectEnded(socket);
  });

  it('whoever keeps sockets is told when the token is given back', async () => {
    const socket = await shown({ sid: sid() });
    done(await server.request('POST', '/auth/revoke', { form: { token: socket.token } }));
    await sockets.expectEnded(socket);
  });

  it.runIf(kind === 'a browser')('whoever keeps sockets is told when the browser logs out', async () => {
    const socket = await shown({ sid: sid() });
    const headers = { cookie: `atrium_access=${socket.token}` };
    done(await server.request('POST', '/auth/logout', { headers }));
    await sockets.expectEnded(socket);
  });

  it('whoever keeps sockets is told when a newer token says another role', async () => {
    const sub = `subject-${sid()}`;
    const names = { preferred_username: null, email: null };
    const socket = await shown({ sub, sid: sid(), ...names });
    const promoted = await issuer.accessToken({
      sub,
      sid: sid(),
      ...names,
      realm_access: { roles: ['admin'] },
    });
    done(await server.request('GET', '/users/me', { token: promoted }));
    expect(sockets.meant(socket)).toBe(true);
  });
});

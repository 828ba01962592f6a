import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { type ChatClient, openChat, refusedChat } from '../support/chat-socket.ts';
import { ChatWorld, type Person } from '../support/chat-world.ts';
import { PASSWORD, type TestServer } from '../support/client.ts';
import { cookieHeader } from '../support/cookies.ts';
import { TestIssuer } from '../support/issuer.ts';
import { keycloakServer } from '../support/keycloak-server.ts';
import { TestClock } from '../support/test-clock.ts';
import { sessionIdOf, signedIn } from '../support/token-requests.ts';

/** Milliseconds within which a socket has ended. */
const SOON = 1000;

describe.each(STORAGES)('sessions and the chat on %s', storage => {
  const clock = new TestClock();
  let world: ChatWorld;
  let server: TestServer;
  let name: string;
  /** Of whom each test is. */
  let person: Person;
  let socket: ChatClient;
  /** By another session of the same person, and somebody else. */
  let tablet: ChatClient;
  let other: ChatClient;
  beforeAll(async () => {
    world = await ChatWorld.start(storage, [override(tokens.clock, clock)]);
    ({ server } = world);
  });
  afterAll(() => world.server.stop());
  beforeEach(async () => {
    name = `user-${crypto.randomUUID().slice(0, 8)}`;
    person = await server.signUp(name);
    socket = await world.open(person);
    tablet = await openChat(server.origin, { token: await another() });
    other = await world.open(world.bob);
  });
  afterEach(async () => {
    expect(other.isOpen).toBe(true);
    await other.settle();
  });

  const another = async () => (await signedIn(server, name)).access_token;
  const login = async () =>
    cookieHeader(
      await server.request('POST', '/auth/login', { body: { username: name, password: PASSWORD } }),
    );
  const expectEnded = async (...ended: readonly ChatClient[]) => {
    for (const each of ended) expect(await each.endsWith(4401)).toBeLessThan(SOON);
  };
  const expectOpen = async (...open: readonly ChatClient[]) => {
    for (const each of open) await each.settle();
  };

  describe('a socket ends', () => {
    it('when its session is revoked', async () => {
      await server.request('POST', '/auth/revoke', { form: { token: person.token } });
      await expectEnded(socket);
      await expectOpen(tablet);
    });

    it('when another session ends it', async () => {
      const token = await another();
      const sid = sessionIdOf({ access_token: person.token } as never);
      await world.call('DELETE', `/auth/sessions/${sid}`, undefined, { ...person, token });
      await expectEnded(socket);
      await expectOpen(tablet);
    });

    it('when all other sessions are ended', async () => {
      await world.call('DELETE', '/auth/sessions', undefined, person);
      await expectEnded(tablet);
      await expectOpen(socket);
    });

    it('when the password is changed', async () => {
      const body = { current_password: PASSWORD, new_password: 'another horse battery' };
      await world.call('PUT', '/users/me/password', body, person);
      await expectEnded(tablet);
    });

    it('when the account is deactivated', async () => {
      await world.call('PATCH', `/users/${person.id}`, { is_active: false }, world.root);
      await expectEnded(socket, tablet);
    });

    it('when the account is deleted', async () => {
      await world.call('DELETE', '/users/me', {}, person);
      await expectEnded(socket, tablet);
    });

    it('when its personal access token is deleted', async () => {
      const { body } = await world.call('POST', '/auth/access-tokens', { name: 'Bot' }, person);
      const bot = await openChat(server.origin, { token: body.token });
      await world.call('DELETE', `/auth/access-tokens/${body.id}`, undefined, person);
      await expectEnded(bot);
      await expectOpen(socket, tablet);
    });

    it('when a role takes the scope away, and not before', async () => {
      const room = await world.room('public');
      await socket.join(room);
      const role = `role-${name}`;
      await world.call('POST', '/roles', { name: role, scopes: ['todos', 'chat'] }, world.root);
      await world.call('PATCH', `/users/${person.id}`, { role }, world.root);
      await expectOpen(socket, tablet);
      await world.post(room, 'still here');
      expect(await socket.next({ type: 'message' })).toMatchObject({ text: 'still here' });
      await world.call('PUT', `/roles/${role}`, { scopes: ['todos'] }, world.root);
      await expectEnded(socket, tablet);
      const token = await another();
      expect(await refusedChat(server.origin, { token })).toEqual({
        status: 403,
        code: 'access.insufficient_scope',
      });
    });

    it('with its streams of events, and no others', async () => {
      const room = await world.room('public');
      const stream = (token: string) =>
        fetch(`${server.origin}/api/v1/chat/rooms/${room}/events`, {
          headers: { authorization: `Bearer ${token}` },
        });
      const token = await another();
      const [ending, going] = [await stream(person.token), await stream(token)];
      await server.request('POST', '/auth/revoke', { form: { token: person.token } });
      await expectEnded(socket);
      expect(await ending.text()).toBe('retry: 3000\n\n');
      await world.post(room, 'goes on');
      const reader = going.body?.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      while (!text.includes('goes on')) text += (await reader?.read())?.value ?? 'the end: goes on';
      expect(text).toContain('event: message');
      await reader?.cancel();
      await expect.poll(() => world.isFollowed(room)).toBe(false);
    });
  });

  describe('a ticket', () => {
    const ticketOf = async (token: string): Promise<string> =>
      (await world.call('POST', '/chat/tickets', undefined, { ...person, token })).body.ticket;

    it('opens one socket, which ends with the session', async () => {
      const token = await another();
      const ticket = await ticketOf(token);
      const opened = await openChat(server.origin, { ticket });
      expect(opened.frames[0].user_id).toBe(person.id);
      expect(await refusedChat(server.origin, { ticket })).toMatchObject({ status: 401 });
      await server.request('POST', '/auth/revoke', { form: { token } });
      await expectEnded(opened);
      await expectOpen(socket);
    });

    it('opens none after its session has ended, or after 30 seconds', async () => {
      const token = await another();
      const [ticket, late] = [await ticketOf(token), await ticketOf(person.token)];
      await server.request('POST', '/auth/revoke', { form: { token } });
      expect(await refusedChat(server.origin, { ticket })).toMatchObject({ status: 401 });
      clock.advance(31);
      expect(await refusedChat(server.origin, { ticket: late })).toMatchObject({ status: 401 });
    });
  });

  it('a browser’s session opens a socket at its own site, until it logs out', async () => {
    const cookie = await login();
    const origin = 'http://atrium.test';
    for (const headers of [
      { cookie },
      { cookie, origin: 'https://evil.example' },
      { cookie, origin: 'null' },
    ])
      expect(await refusedChat(server.origin, { headers })).toMatchObject({
        status: 403,
        code: 'identity.cross_site',
      });
    const browser = await openChat(server.origin, { headers: { cookie, origin } });
    await expectOpen(browser);
    await server.request('POST', '/auth/logout', { headers: { cookie, origin } });
    await expectEnded(browser);
    await expectOpen(socket, tablet);
  });

  it('nobody opens a socket without showing who they are, or without the scope', async () => {
    expect(await refusedChat(server.origin, {})).toMatchObject({ status: 401 });
    expect(await refusedChat(server.origin, { token: 'nonsense' })).toMatchObject({ status: 401 });
    const { access_token: token } = await signedIn(server, name, { scope: 'todos' });
    expect(await refusedChat(server.origin, { token })).toEqual({
      status: 403,
      code: 'access.insufficient_scope',
    });
  });
});

describe('the chat when a token expires', () => {
  it('ends its sockets within a second', async () => {
    const clock = new TestClock();
    const world = await ChatWorld.start('memory', [override(tokens.clock, clock)]);
    const socket = await world.open();
    const { expires_in: lifetime } = await signedIn(world.server);
    clock.advance(lifetime - 1);
    const younger = await openChat(world.server.origin, {
      token: (await signedIn(world.server)).access_token,
    });
    await socket.settle();
    clock.advance(2);
    expect(await socket.endsWith(4401)).toBeLessThan(SOON);
    await younger.settle();
    await world.server.stop();
  });
});

describe('the chat with Keycloak', () => {
  it('takes its tokens, until the session ends there', async () => {
    const issuer = await TestIssuer.start();
    const server = await keycloakServer(issuer);
    const socket = await openChat(server.origin, { token: await issuer.accessToken() });
    const staying = await openChat(server.origin, { token: await issuer.accessToken({ sid: 'another' }) });
    const room = (
      await server.request('POST', '/chat/rooms', {
        token: await issuer.accessToken(),
        body: { name: 'Garden', kind: 'private' },
      })
    ).body.id;
    await socket.join(room);
    await socket.say(room, 'hello');
    expect(await socket.next({ type: 'message' })).toMatchObject({ author: { name: 'alice' } });
    const form = { logout_token: await issuer.logoutToken() };
    expect((await server.request('POST', '/auth/oidc/backchannel-logout', { form })).status).toBe(200);
    expect(await socket.endsWith(4401)).toBeLessThan(SOON);
    await staying.settle();
    await server.stop();
    await issuer.stop();
  });
});

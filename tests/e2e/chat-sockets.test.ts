import { describe, expect, test } from 'vitest';
import { CHAT, type ChatClient, openChat } from '../support/chat-socket.ts';
import { PASSWORD } from '../support/client.ts';
import { cookieHeader } from '../support/cookies.ts';
import { freePort } from '../support/postgres.ts';
import { ownStorage, type ServerProcess, startServer } from '../support/server-process.ts';
import { clientFrame, handshakeHead, RawClient } from '../support/sockets.ts';
import { TELLING } from '../support/workers.ts';

const STORAGES = ['sqlite', 'postgresql'] as const;

async function roomOf(server: ServerProcess, token: string): Promise<string> {
  const body = { name: 'Garden', kind: 'public' };
  return (await server.request('POST', '/chat/rooms', { token, body })).body.id;
}

const streamOf = ({ origin }: ServerProcess, token: string, room: string) =>
  fetch(`${origin}/api/v1/chat/rooms/${room}/events`, { headers: { authorization: `Bearer ${token}` } });

describe.each([
  ['sqlite', '1'],
  ['sqlite', '2'],
  ['postgresql', '1'],
] as const)('a server on %s with %s workers that stops while people talk', (storage, WORKERS) => {
  test('tells them to come back, ends in time, and has kept what it acknowledged', async () => {
    const environment = {
      ...(await ownStorage(storage)),
      WORKERS,
      PORT: String(await freePort()),
      PUBLIC_URL: 'https://atrium.example.org',
    };
    const first = await startServer(environment);
    const token = await first.signUp('alice');
    const room = await roomOf(first, token);
    const sockets = await Promise.all(Array.from({ length: 5 }, () => openChat(first.origin, { token })));
    for (const socket of sockets) await socket.join(room);
    const stream = await streamOf(first, token, room);
    const poll = first.request('GET', `/chat/rooms/${room}/poll?after=1000`, { token });
    // What has not asked yet is cut off: by now the poll has.
    await first.request('GET', `/chat/rooms/${room}`, { token });
    for (const [index, socket] of sockets.entries())
      for (let number = 0; number < 40; number += 1)
        socket.send({ type: 'send', room, client_id: `${index}-${number}`, text: `${index} ${number}` });
    await sockets[0]?.next({ type: 'ack' });
    const asked = performance.now();
    first.signal('SIGTERM');
    for (const socket of sockets) await socket.endsWith(1012);
    expect(await stream.text()).toContain('retry: 3000');
    expect((await poll).status).toBe(200);
    expect(await first.ended()).toEqual({ code: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(4000);

    const second = await startServer(environment);
    const back = await openChat(second.origin, { token });
    const { messages } = await back.join(room, { after: 0 });
    const stored = new Map(messages.map((message: { id: string; seq: number }) => [message.id, message.seq]));
    const acks = sockets.flatMap(socket => socket.of('ack'));
    expect(acks.length).toBeGreaterThan(0);
    for (const { id, seq } of acks) expect(stored.get(id)).toBe(seq);
    expect(messages.map(({ seq }: { seq: number }) => seq)).toEqual(
      messages.map((_: unknown, index: number) => index + 1),
    );
  });
});

test('a server does not wait for clients that do not read', async () => {
  const server = await startServer({ ...(await ownStorage('sqlite')), STOP_TIMEOUT: '1000' });
  const token = await server.signUp('alice');
  const room = await roomOf(server, token);
  const socket = new RawClient(Number(new URL(server.origin).port));
  const head = { 'Sec-WebSocket-Protocol': CHAT, Authorization: `Bearer ${token}` };
  socket.socket.write(handshakeHead(head, '/api/v1/chat/ws'));
  await socket.until(received => received.includes('welcome'));
  socket.socket.write(clientFrame(JSON.stringify({ type: 'join', room })));
  await socket.until(received => received.includes('joined'));
  socket.socket.pause();
  const stream = await streamOf(server, token, room);
  const asked = performance.now();
  server.signal('SIGTERM');
  expect(await server.ended()).toEqual({ code: 0, signal: null });
  expect(performance.now() - asked).toBeLessThan(3000);
  await stream.body?.cancel();
});

/** One socket at each of two workers. */
async function socketsAtBoth(
  server: ServerProcess,
  tokenOf: (number: number) => string,
): Promise<readonly [ChatClient, ChatClient]> {
  const found = new Map<number, ChatClient>();
  for (let tries = 0; found.size < 2 && tries < 20; tries += 1) {
    const id = crypto.randomUUID();
    const options = { token: tokenOf(found.size), headers: { 'x-request-id': id } };
    const socket = await openChat(server.origin, options);
    const [line] = await server.prints(new RegExp(`^.*"request_id":"${id}".*$`, 'm'));
    const { worker } = JSON.parse(line);
    if (found.has(worker)) socket.ws.close();
    else found.set(worker, socket);
  }
  const [one, other] = found.values();
  if (!one || !other) throw new Error('All sockets went to one worker.');
  return [one, other];
}

describe.each(STORAGES)('sockets at two workers on %s', storage => {
  test('hear each other', async () => {
    const server = await startServer({ ...(await ownStorage(storage)), ...TELLING, WORKERS: '2' });
    const people = [await server.signUp('alice'), await server.signUp('bob')];
    const [alice, bob] = await socketsAtBoth(server, number => people[number] ?? '');
    const room = await roomOf(server, people[0] ?? '');
    await alice.join(room);
    await bob.join(room);
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      await from.say(room, 'hello');
      const since = performance.now();
      expect(await to.next({ type: 'message', text: 'hello' })).toEqual(
        await from.next({ type: 'message', text: 'hello' }),
      );
      expect(performance.now() - since).toBeLessThan(500);
      from.send({ type: 'typing', room });
      await to.next({ type: 'typing' });
    }
    expect([alice.of('typing').length, bob.of('typing').length]).toEqual([1, 1]);
    expect(bob.of('typing')[0].user.name).toBe('alice');
    const toldOf = (socket: ChatClient, name: string) =>
      socket.of('presence').some(({ joined }) => joined.some((who: { name: string }) => who.name === name));
    for (const socket of [alice, bob])
      for (const name of ['alice', 'bob'])
        await expect.poll(() => toldOf(socket, name), { timeout: 3000 }).toBe(true);
    const first = Array.from({ length: 40 }, (_, number) => number);
    for (const number of first)
      for (const socket of [alice, bob])
        socket.send({ type: 'send', room, client_id: `many-${number}`, text: `${number}` });
    for (const socket of [alice, bob]) await socket.next({ type: 'message', seq: 82 });
    expect(alice.of('message')).toEqual(bob.of('message'));
    expect(alice.of('message').map(({ seq }) => seq)).toEqual(Array.from({ length: 82 }, (_, at) => at + 1));
    bob.ws.close();
    expect((await alice.next({ type: 'presence', joined: [] })).left).toMatchObject([{ name: 'bob' }]);
  });

  test('end when the session is ended at the other', async () => {
    const server = await startServer({ ...(await ownStorage(storage)), ...TELLING, WORKERS: '2' });
    const staying = await server.signUp('alice');
    const body = { username: 'alice', password: PASSWORD };
    const cookie = cookieHeader(await server.request('POST', '/auth/login', { body }));
    const token = /atrium_access=([^;]+)/.exec(cookie)?.[1] ?? '';
    const sockets = await socketsAtBoth(server, () => token);
    const others = await socketsAtBoth(server, () => staying);
    expect((await server.request('POST', '/auth/logout', { headers: { cookie } })).status).toBe(204);
    for (const socket of sockets) expect(await socket.endsWith(4401)).toBeLessThan(1000);
    for (const socket of others) await socket.settle();
  });
});

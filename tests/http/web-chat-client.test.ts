import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket as PackageWebSocket } from 'ws';
import { ChatClient, type ChatClientOptions } from '../../src/web/chat/chat-client.ts';
import { ChatError } from '../../src/web/chat/chat-error.ts';
import { chatOverHttp } from '../../src/web/chat/chat-over-http.ts';
import type { Room } from '../../src/web/chat/room.ts';
import { seqs } from '../support/chat-client.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';

interface Person {
  readonly id: string;
  readonly token: string;
  readonly refreshToken: string;
}

/** When the room is as it is awaited. */
function until(room: Room, isSo: (room: Room) => boolean): Promise<void> {
  return new Promise(resolve => {
    const look = () => {
      if (!isSo(room)) return;
      end();
      resolve();
    };
    const end = room.subscribe(look);
    look();
  });
}

const texts = ({ messages }: Room) => messages.map(({ text }) => text);

describe.each(['memory', 'sqlite'] as const)('the chat client with a server on %s', storage => {
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  beforeAll(async () => {
    server = await testServer(storage, { socketHeartbeat: 200 });
    alice = await server.signUp('alice');
    bob = await server.signUp('bob');
  });
  afterAll(() => server.stop());

  const call = async (method: string, path: string, body?: unknown, by = alice) => {
    const answer = await server.request(method, path, { token: by.token, body });
    expect(answer.status).toBeLessThan(300);
    return answer.body;
  };
  const newRoom = async (kind = 'public'): Promise<string> =>
    (await call('POST', '/chat/rooms', { name: 'Garden', kind })).id;
  const post = (to: string, text: string) =>
    call('POST', `/chat/rooms/${to}/messages`, { text, client_id: crypto.randomUUID() });

  /** A client whose connections can be broken, and whose network can be taken away. */
  function clientOf(by: Pick<Person, 'token'>, options: Partial<ChatClientOptions> = {}) {
    const sockets: PackageWebSocket[] = [];
    class KeptWebSocket extends PackageWebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        sockets.push(this);
      }
    }
    let hint: (isOnline: boolean) => void = () => undefined;
    const client = new ChatClient({
      ...chatOverHttp({
        api: `${server.origin}/api/v1`,
        headers: async () => ({ authorization: `Bearer ${by.token}` }),
      }),
      webSocket: KeptWebSocket,
      network: {
        subscribe(listener) {
          hint = listener;
          return () => undefined;
        },
      },
      random: () => 0,
      ...options,
    });
    onTestFinished(() => client.close());
    return {
      client,
      connections: () => sockets.length,
      /** The next frame of a type that the server sends. */
      next: (type: string) =>
        new Promise<void>(resolve => {
          sockets.at(-1)?.on('message', data => {
            if (JSON.parse(String(data)).type === type) resolve();
          });
        }),
      kill: () => sockets.at(-1)?.terminate(),
      goOffline: () => hint(false),
      goOnline: () => hint(true),
    };
  }

  it('talks, by the WebSocket that there is everywhere', async () => {
    const id = await newRoom();
    await post(id, 'zero');
    const http = (by: Person) =>
      chatOverHttp({
        api: `${server.origin}/api/v1`,
        headers: async () => ({ authorization: `Bearer ${by.token}` }),
      });
    const [one, other] = [new ChatClient(http(alice)), new ChatClient(http(bob))];
    onTestFinished(() => [one, other].forEach(client => void client.close()));
    const [here, there] = [one.join(id, { history: 10 }), other.join(id.toUpperCase())];
    await Promise.all([here.joined(), there.joined()]);
    expect([texts(here), texts(there), one.userId]).toEqual([['zero'], [], alice.id]);
    await until(here, ({ members }) => members.length === 2);
    there.typed();
    await until(here, ({ typing }) => typing[0]?.id === bob.id);
    const { seq, id: messageId } = await there.send('one');
    await Promise.all([here, there].map(room => until(room, room => room.seq === seq)));
    expect(texts(here)).toEqual(['zero', 'one']);
    expect(here.messages[1]).toMatchObject({ id: messageId, author: { name: 'bob' } });
    expect([here.typing, there.pending]).toEqual([[], []]);
    here.markRead(2);
    await until(here, ({ readSeq }) => readSeq === 2);
    there.leave();
    await until(here, ({ members }) => members.length === 1);
  });

  it('loses and doubles nothing while its connections break', async () => {
    const id = await newRoom();
    const [mine, theirs] = [clientOf(alice), clientOf(bob)];
    const [here, there] = [mine.client.join(id), theirs.client.join(id)];
    await Promise.all([here.joined(), there.joined()]);
    const wanted = Array.from({ length: 99 }, (_, index) => `${index}`);
    const sent = wanted.map(text => here.send(text));
    for (const times of [1, 2, 3]) {
      await Promise.all([here.joined(), there.joined()]);
      await until(here, ({ seq }) => seq >= times * 10);
      mine.kill();
      theirs.kill();
      await Promise.all([
        until(here, ({ state }) => state === 'away'),
        until(there, ({ state }) => state === 'away'),
      ]);
    }
    const stored = await Promise.all(sent);
    await Promise.all([here, there].map(room => until(room, ({ seq }) => seq === 99)));
    expect(texts(here)).toEqual(wanted);
    expect(texts(there)).toEqual(wanted);
    expect(seqs(stored)).toEqual(seqs(here.messages));
    expect(here.pending).toEqual([]);
    expect(mine.connections()).toBe(4);
  });

  it('asks for a sign of life, and gets one', async () => {
    const { client, connections, next } = clientOf(alice);
    const room = client.join(await newRoom());
    await room.joined();
    await next('left');
    await next('left');
    expect([room.state, connections()]).toEqual(['joined', 1]);
  });

  it('learns what was said and changed while it was away', async () => {
    const id = await newRoom();
    const { client, goOffline, goOnline } = clientOf(bob);
    const room = client.join(id);
    await room.joined();
    const [one, two] = [await post(id, 'one'), await post(id, 'two')];
    await until(room, ({ seq }) => seq === 2);
    goOffline();
    await call('PATCH', `/chat/messages/${one.id}`, { text: 'uno' });
    await call('DELETE', `/chat/messages/${two.id}`);
    await post(id, 'three');
    expect([texts(room), room.state]).toEqual([['one', 'two'], 'away']);
    goOnline();
    await until(room, ({ seq }) => seq === 3);
    expect([texts(room), room.isComplete]).toEqual([['uno', '', 'three'], true]);
    expect(room.messages[1]).toMatchObject({ deleted: true });
    await call('PATCH', `/chat/messages/${one.id}`, { text: 'un' });
    await until(room, ({ messages }) => messages[0]?.text === 'un');
  });

  it('loads what is too much to be told', async () => {
    const id = await newRoom();
    const first = await post(id, 'first');
    const { client, goOffline, goOnline } = clientOf(bob);
    const room = client.join(id, { history: 1 });
    await room.joined();
    goOffline();
    for (let portion = 0; portion < 15; portion += 1)
      await Promise.all(Array.from({ length: 50 }, (_, index) => post(id, `${portion} ${index}`)));
    await call('PATCH', `/chat/messages/${first.id}`, { text: 'primo' });
    goOnline();
    await until(room, ({ seq, isComplete }) => seq === 751 && isComplete);
    expect(seqs(room.messages)).toEqual(Array.from({ length: 751 }, (_, index) => index + 1));
    expect(room.messages[0]?.text).toBe('primo');
  });

  it('says which rooms it cannot follow, and goes on with the others', async () => {
    const [secret, open] = [await newRoom('private'), await newRoom()];
    const { client } = clientOf(bob);
    const rooms = [client.join(secret), client.join(open), client.join(crypto.randomUUID())];
    const results = await Promise.allSettled(rooms.map(room => room.joined()));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    expect(rooms[0]?.failure).toMatchObject({ code: 'chat.room_not_found' });
    await call('PUT', `/chat/rooms/${secret}/members/${bob.id}`);
    const again = client.join(secret);
    await again.joined();
    await expect(again.send('x'.repeat(4001))).rejects.toMatchObject({ code: 'request.invalid' });
    await again.send('hello');
    await call('DELETE', `/chat/rooms/${secret}/members/${bob.id}`);
    await until(again, ({ state }) => state === 'left');
    expect(again.failure?.message).toContain('removed');
    expect(client.state).toBe('open');
  });

  it('ends with its session, unless there is another', async () => {
    const id = await newRoom();
    const form = { grant_type: 'password', username: 'bob', password: PASSWORD };
    const signIn = async () => (await server.request('POST', '/auth/token', { form })).body;
    const [first, second] = [await signIn(), await signIn()];
    const revoke = (token: string) => server.request('POST', '/auth/revoke', { form: { token } });
    let token = first.access_token;
    const headers = async ({ isRefused }: { readonly isRefused: boolean }) => {
      if (isRefused) token = second.access_token;
      return { authorization: `Bearer ${token}` };
    };
    const http = chatOverHttp({ api: `${server.origin}/api/v1`, headers });
    const { client, connections } = clientOf(bob, http);
    const room = client.join(id);
    await room.joined();
    await revoke(first.refresh_token);
    await until(room, ({ state }) => state === 'away');
    await room.joined();
    expect(connections()).toBe(2);
    const ended = new Promise<ChatError | undefined>(resolve => {
      client.subscribe(() => client.state === 'stopped' && resolve(client.failure));
    });
    await revoke(second.refresh_token);
    expect(await ended).toMatchObject({ code: 'identity.invalid_token' });
    expect(await ended).toBeInstanceOf(ChatError);
    await expect(room.send('late')).rejects.toBe(await ended);
  });
});

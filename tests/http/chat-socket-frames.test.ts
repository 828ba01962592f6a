import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { STORAGES } from '../support/application.ts';
import { CHAT } from '../support/chat-socket.ts';
import { ChatWorld } from '../support/chat-world.ts';
import { clientFrame, handshakeHead } from '../support/sockets.ts';

const EMOJI = '😀';

describe.each(STORAGES)('frames of the chat on %s', storage => {
  let world: ChatWorld;
  let room: string;
  beforeAll(async () => {
    world = await ChatWorld.start(storage);
    room = await world.room();
  });
  afterAll(() => world.server.stop());

  it.each<[string, object, string]>([
    ['with a field that is not known', { type: 'join', extra: 1 }, '/extra'],
    ['with a room that is no id', { type: 'join', room: 'garden' }, '/room'],
    ['with a room that is no text', { type: 'leave', room: 7 }, '/room'],
    ['without a room', { type: 'typing', room: undefined }, '/room'],
    ['after half a message', { type: 'join', after: 1.5 }, '/after'],
    ['after less than nothing', { type: 'join', after: -1 }, '/after'],
    ['after more than there can be', { type: 'join', after: 2_147_483_648 }, '/after'],
    ['after a text', { type: 'join', after: '1' }, '/after'],
    ['after null', { type: 'join', after: null }, '/after'],
    ['with a change that is no number', { type: 'join', rev: {} }, '/rev'],
    ['with too much history', { type: 'join', history: 201 }, '/history'],
    ['with a number that is none', { type: 'read', seq: 'last' }, '/seq'],
    ['without a text', { type: 'send', client_id: 'a' }, '/text'],
    ['with an empty text', { type: 'send', client_id: 'a', text: '' }, '/text'],
    ['with 4001 characters', { type: 'send', client_id: 'a', text: 'a'.repeat(4001) }, '/text'],
    ['with 4001 emoji', { type: 'send', client_id: 'a', text: EMOJI.repeat(4001) }, '/text'],
    ['with a text that is none', { type: 'send', client_id: 'a', text: ['a'] }, '/text'],
    ['without a client_id', { type: 'send', text: 'a' }, '/client_id'],
    ['with an empty client_id', { type: 'send', client_id: '', text: 'a' }, '/client_id'],
    [
      'with a client_id of 101 characters',
      { type: 'send', client_id: 'i'.repeat(101), text: 'a' },
      '/client_id',
    ],
    ['with a client_id that is a number', { type: 'send', client_id: 1, text: 'a' }, '/client_id'],
  ])('%s are refused, and the socket goes on', async (_, frame, pointer) => {
    const socket = await world.open();
    socket.send({ room, ...frame });
    const error = await socket.next({ type: 'error' });
    expect(error).toMatchObject({ code: 'request.invalid', detail: expect.stringContaining(pointer) });
    const { client_id } = frame as { readonly client_id?: unknown };
    expect(error.client_id).toBe(typeof client_id === 'string' ? client_id : undefined);
    await socket.settle();
  });

  it.each([
    ['a NUL', 'a\0b'],
    ['half a character', 'a\ud800b'],
  ])('with %s in the text or the client_id are refused alone', async (_, text) => {
    const socket = await world.open();
    const other = await world.open();
    socket.send(
      { type: 'send', room, client_id: 'bad', text },
      { type: 'send', room, client_id: text, text: 'bad' },
    );
    await other.say(room, 'good');
    await socket.next({ type: 'error', client_id: 'bad' });
    await socket.next({ type: 'error', client_id: text });
    expect(socket.of('error')).toMatchObject([
      { code: 'text.characters', detail: expect.stringContaining('/text') },
      { code: 'text.characters', detail: expect.stringContaining('/client_id') },
    ]);
    expect(await socket.say(room, 'good too')).toMatchObject({ client_id: expect.any(String) });
  });

  it.each([
    ['letters', 'a'.repeat(4000)],
    ['emoji', EMOJI.repeat(4000)],
    ['characters that JSON writes as six', '\u0001'.repeat(4000)],
    ['quotes', '"\\'.repeat(2000)],
  ])('with 4000 %s are taken as they are', async (_, text) => {
    const socket = await world.open();
    const own = await world.room();
    await socket.join(own);
    await socket.say(own, text, EMOJI.repeat(100));
    expect((await socket.next({ type: 'message', room: own })).text).toBe(text);
  });

  it('may fill 65,536 bytes, and no more', async () => {
    const own = await world.room();
    const socket = await world.open();
    await socket.join(own);
    const frame = JSON.stringify({ type: 'send', room: own, client_id: 'full', text: 'a' });
    socket.send(frame + ' '.repeat(65_536 - frame.length));
    await socket.next({ type: 'ack', client_id: 'full' });
    socket.send(frame + ' '.repeat(65_537 - frame.length));
    await socket.endsWith(1009);
  });

  it.each([
    ['no JSON', '{', 'request.malformed_json'],
    ['a list', '[]', 'frame.unknown_type'],
    ['null', 'null', 'frame.unknown_type'],
    ['what only the server sends', '{"type":"ack"}', 'frame.unknown_type'],
    ['a prototype', '{"type":"__proto__"}', 'frame.unknown_type'],
  ])('that are %s are refused', async (_, text, code) => {
    const socket = await world.open();
    socket.send(text);
    await socket.next({ type: 'error', code });
  });

  it('that come 50 in one packet are taken in their order', async () => {
    const own = await world.room();
    const watcher = await world.open();
    await watcher.join(own);
    const { hostname, port } = new URL(world.server.origin);
    const socket = connect(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    const change = { 'Sec-WebSocket-Protocol': CHAT, Authorization: `Bearer ${world.alice.token}` };
    socket.write(handshakeHead(change, '/api/v1/chat/ws'));
    await once(socket, 'data');
    const texts = Array.from({ length: 50 }, (_, number) => `${number}`);
    const frames = texts.map(text =>
      clientFrame(JSON.stringify({ type: 'send', room: own, client_id: text, text })),
    );
    socket.write(Buffer.concat(frames));
    await watcher.next({ type: 'message', seq: 50 });
    expect(watcher.of('message').map(({ text }) => text)).toEqual(texts);
  });

  it('that join rooms 300 times at once are all answered', async () => {
    const rooms = await Promise.all(Array.from({ length: 30 }, () => world.room()));
    const socket = await world.open();
    for (let round = 0; round < 10; round += 1)
      socket.send(...rooms.map(each => ({ type: 'join', room: each, history: round })));
    for (const each of rooms) await socket.next({ type: 'joined', room: each });
    await socket.settle();
    for (const each of rooms) await world.post(each, 'hello');
    for (const each of rooms) await socket.next({ type: 'message', room: each });
    expect(socket.of('message')).toHaveLength(30);
  });
});

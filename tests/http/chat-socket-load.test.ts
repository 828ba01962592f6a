import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { CHAT } from '../support/chat-socket.ts';
import { ChatWorld } from '../support/chat-world.ts';
import { clientFrame, handshakeHead, RawClient } from '../support/sockets.ts';

/** Bytes that may wait for a client. */
const BUFFER = 1_048_576;

describe.each(STORAGES)('much that was missed, on %s', storage => {
  let world: ChatWorld;
  beforeAll(async () => {
    world = await ChatWorld.start(storage, [], { socketHeartbeat: 1000 });
  });
  afterAll(() => world.server.stop());

  const roomsWith = (amount: number, messages: number, text: string) =>
    Promise.all(
      Array.from({ length: amount }, async () => {
        const room = await world.room();
        await world.fill(room, messages, () => text);
        return room;
      }),
    );

  it('in many rooms at once comes to who reads, one room after the other', async () => {
    const rooms = await roomsWith(40, 50, 'a'.repeat(4000));
    const socket = await world.open();
    socket.send(...rooms.map(room => ({ type: 'join', room, after: 0 })));
    for (const room of rooms) expect((await socket.next({ type: 'joined', room })).messages).toHaveLength(50);
    for (const room of rooms) await world.post(room, 'the next');
    for (const room of rooms) await socket.next({ type: 'message', room });
  });

  it('ends who does not read it, and is not read for them', async () => {
    const rooms = await roomsWith(100, 50, 'a'.repeat(4000));
    const client = new RawClient(Number(new URL(world.server.origin).port));
    const change = { 'Sec-WebSocket-Protocol': CHAT, Authorization: `Bearer ${world.alice.token}` };
    client.socket.write(handshakeHead(change, '/api/v1/chat/ws'));
    await client.until(received => received.includes('welcome'));
    client.socket.pause();
    const joins = rooms.map(room => clientFrame(JSON.stringify({ type: 'join', room, after: 0 })));
    client.socket.write(Buffer.concat(joins));
    const followed = () => rooms.filter(room => world.isFollowed(room)).length;
    await expect.poll(followed, { timeout: 5000 }).toBeGreaterThan(0);
    await expect.poll(followed, { timeout: 10_000 }).toBe(0);
    const { closed } = world.server.application.get(tokens.metrics).sockets;
    const tooSlow = { labels: { code: '4409' }, value: 1 };
    await expect.poll(async () => (await closed.get()).values, { timeout: 5000 }).toContainEqual(tooSlow);
  });

  it.each([
    ['letters', 'a'],
    ['characters of three bytes', '漢'],
    ['characters that JSON writes as six', '\u0001'],
  ])('in one room of %s fits into what may wait for a client', async (_, letter) => {
    const [room = ''] = await roomsWith(1, 300, letter.repeat(4000));
    const socket = await world.open();
    const joined = await socket.join(room, { after: 0 });
    expect(Buffer.byteLength(JSON.stringify(joined))).toBeLessThan(BUFFER / 2);
    expect(joined.gap).toBe(true);
    expect(joined.messages.length).toBeGreaterThan(5);
    expect(joined.messages.at(-1).seq).toBe(300);
  });
});

import { describe, expect, it } from 'vitest';
import { StorageUnavailable } from '../../src/kernel/errors.ts';
import {
  clientFrame,
  openClient,
  openRaw,
  RawClient,
  SocketClient,
  ToyError,
  type ToyServer,
  toyServer,
} from '../support/sockets.ts';

async function closes({ metrics }: ToyServer, code: number | 'other'): Promise<number> {
  const { values } = await metrics.sockets.closed.get();
  return values.find(({ labels }) => labels.code === String(code))?.value ?? 0;
}

/** Checks that a socket has ended once for the protocol, and was counted by its code. */
async function expectEnded(server: ToyServer, code: number | 'other'): Promise<void> {
  await expect.poll(() => server.toy.ended.length, { timeout: 5000 }).toBe(1);
  await expect.poll(() => closes(server, code), { timeout: 5000 }).toBe(1);
  expect(server.toy.ended).toEqual(server.toy.opened);
  expect(server.sockets.socketsOf('ann')).toEqual([]);
  expect((await server.metrics.sockets.open.get()).values[0]?.value).toBe(0);
}

describe('a socket is closed', () => {
  it('by the client', async () => {
    const server = await toyServer();
    const client = await openClient(server.port);
    client.ws.close(1000, 'bye');
    expect(await client.closed).toMatchObject({ code: 1000 });
    await expectEnded(server, 1000);
  });

  it('by the client, with a code of its own', async () => {
    const server = await toyServer();
    const client = await openClient(server.port);
    client.ws.close(4999);
    await expectEnded(server, 'other');
  });

  it('by a client that just goes', async () => {
    const server = await toyServer();
    const client = await openClient(server.port);
    client.ws.terminate();
    await expectEnded(server, 1006);
  });

  it('by a client that resets the connection', async () => {
    const server = await toyServer();
    const client = await openRaw(server.port);
    client.socket.resetAndDestroy();
    await expectEnded(server, 1006);
  });

  it('by the protocol, once, and in a turn of its own', async () => {
    const server = await toyServer();
    const client = await openClient(server.port);
    const [connection] = server.toy.opened;
    connection?.close(1008, 'no more');
    connection?.close(1000, 'twice');
    expect(server.toy.ended).toEqual([]);
    expect(connection?.isOpen).toBe(false);
    expect(await client.closed).toEqual({ code: 1008, reason: 'no more' });
    await expectEnded(server, 1008);
  });

  it('without a reason that is too long for the frame', async () => {
    const server = await toyServer();
    const client = await openClient(server.port);
    server.toy.opened[0]?.close(1008, 'ü'.repeat(62));
    expect(await client.closed).toEqual({ code: 1008, reason: '' });
  });

  it.each([
    [new ToyError(), 1008, 'The toy does not want to.'],
    [new StorageUnavailable(), 1013, expect.stringContaining('Try again')],
    [new Error('secret'), 1011, expect.stringMatching(/ticket \w+\.$/)],
  ])('where the protocol does not begin: %s', async (fault, code, reason) => {
    const server = await toyServer();
    server.toy.fault = fault;
    const client = new SocketClient(server.port, { token: 'ann' });
    expect(await client.closed).toEqual({ code, reason });
    expect(server.toy.ended).toEqual([]);
  });

  it('although the client neither answers nor goes', async () => {
    const server = await toyServer();
    const client = await openRaw(server.port);
    server.toy.opened[0]?.close(1008, '');
    expect(await client.closeCode()).toBe(1008);
    await client.closed;
    await expectEnded(server, 1008);
  });
});

describe('a client that breaks the rules', () => {
  it.each([
    ['a frame that is not masked', clientFrame('{}', { masked: false }), 1002],
    ['an unknown opcode', clientFrame('{}', { opcode: 3 }), 1002],
    ['a continuation of nothing', clientFrame('{}', { opcode: 0 }), 1002],
    ['a ping in pieces', clientFrame('', { opcode: 9, fin: false }), 1002],
    ['reserved bits', Buffer.from([0xc1, 0x80, 0, 0, 0, 0]), 1002],
    ['bad UTF-8', clientFrame(Buffer.from([0x22, 0xff, 0x22])), 1007],
    [
      'bad UTF-8 in pieces',
      Buffer.concat([clientFrame(Buffer.from([0xe2, 0x82]), { fin: false }), clientFrame('', { opcode: 0 })]),
      1007,
    ],
    ['a frame that is too big', clientFrame('a'.repeat(65_537)), 1009],
    [
      'a frame of pieces that is too big',
      Buffer.concat([
        clientFrame('a'.repeat(40_000), { fin: false }),
        clientFrame('a'.repeat(40_000), { opcode: 0 }),
      ]),
      1009,
    ],
    ['the head of a frame of 1 GB', Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]), 1009],
    [
      'the head of a frame of 8 EB',
      Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
      1009,
    ],
    ['a close frame with a bad code', clientFrame(Buffer.from([0x03, 0xec]), { opcode: 8 }), 1002],
  ])('by %s is closed', async (_, bytes, code) => {
    const server = await toyServer();
    const client = await openRaw(server.port);
    client.socket.write(bytes);
    expect(await client.closeCode()).toBe(code);
    client.socket.end();
    await expectEnded(server, code);
  });

  it('is read no further, although it neither answers nor goes', async () => {
    const server = await toyServer();
    const client = await openRaw(server.port);
    client.socket.write(clientFrame('{}', { masked: false }));
    client.socket.write(clientFrame('{"type":"say","text":"a"}'));
    await client.closed;
    await expectEnded(server, 1002);
    expect(server.toy.said).toEqual([]);
  });

  it('may fill a frame to the last byte, in one piece or several', async () => {
    const server = await toyServer();
    const client = await openRaw(server.port);
    const frame = `{"type":"say","text":"a"}${' '.repeat(65_536 - 25)}`;
    client.socket.write(clientFrame(frame));
    client.socket.write(clientFrame(frame.slice(0, 10), { fin: false }));
    client.socket.write(clientFrame(frame.slice(10), { opcode: 0 }));
    await expect.poll(() => server.toy.said).toHaveLength(2);
  });

  it('cannot fill the memory with the smallest pieces', async () => {
    const server = await toyServer();
    const client = await openRaw(server.port);
    client.socket.write(clientFrame('a', { fin: false }));
    client.socket.write(Buffer.concat(new Array(2000).fill(clientFrame('', { opcode: 0, fin: false }))));
    expect(await client.closeCode()).toBe(1008);
    client.socket.end();
    await expectEnded(server, 1008);
  });
});

describe('a client that sends too much', () => {
  const frameRate = { perSecond: 50, burst: 200 };

  it('of frames is closed', async () => {
    const server = await toyServer({ frameRate });
    const client = await openClient(server.port);
    for (let count = 0; count < 10_000; count += 1) client.send({ type: 'say', text: 'a' });
    expect(await client.closed).toMatchObject({ code: 4429, reason: expect.stringContaining('50') });
    expect(server.toy.said.length).toBeGreaterThanOrEqual(200);
    expect(server.toy.said.length).toBeLessThan(1000);
    await expectEnded(server, 4429);
  });

  it('of pings is answered as long as it may', async () => {
    const server = await toyServer({ frameRate });
    const client = await openClient(server.port);
    let pongs = 0;
    const all = Promise.withResolvers<void>();
    client.ws.on('pong', data => {
      expect(String(data)).toBe('are you there?');
      pongs += 1;
      if (pongs === 200) all.resolve();
    });
    for (let count = 0; count < 200; count += 1) client.ws.ping('are you there?');
    await all.promise;
    expect(client.ws.readyState).toBe(client.ws.OPEN);
  });

  it('of pings is closed', async () => {
    const server = await toyServer({ frameRate });
    const client = await openClient(server.port);
    for (let count = 0; count < 1000; count += 1) client.ws.ping();
    expect(await client.closed).toMatchObject({ code: 4429 });
  });

  it('but not more than it may is served', async () => {
    const server = await toyServer({ frameRate: { perSecond: 1, burst: 200 } });
    const client = await openClient(server.port);
    for (let count = 0; count < 200; count += 1) client.send({ type: 'say', text: 'a' });
    await client.first(200);
    expect(client.ws.readyState).toBe(client.ws.OPEN);
  });

  it('gains a new allowance with time', async () => {
    const server = await toyServer({ frameRate: { perSecond: 500, burst: 1 } });
    const client = await openClient(server.port);
    for (let count = 1; count < 5; count += 1) {
      client.send({ type: 'say', text: 'a' });
      await client.first(count);
      const since = performance.now();
      await expect.poll(() => performance.now() - since, { interval: 5 }).toBeGreaterThan(4);
    }
    expect(client.ws.readyState).toBe(client.ws.OPEN);
  });

  it('is served where nothing is counted', async () => {
    const server = await toyServer();
    const client = await openClient(server.port);
    for (let count = 0; count < 10_000; count += 1) client.send({ type: 'say', text: 'a' });
    await client.first(10_000);
    const { values } = await server.metrics.sockets.received.get();
    await expect
      .poll(async () => (await server.metrics.sockets.received.get()).values[0]?.value)
      .toBe(10_000);
    expect(values).toHaveLength(1);
    await expect.poll(async () => (await server.metrics.sockets.sent.get()).values[0]?.value).toBe(10_000);
  });
});

describe('a client that does not read', () => {
  it('is closed when too much waits for it', async () => {
    const server = await toyServer({ maxBufferedBytes: 100_000 });
    const client = await openClient(server.port);
    client.ws.pause();
    const [connection] = server.toy.opened;
    const bytes = Buffer.from(`{"text":"${'a'.repeat(50_000)}"}`);
    let sent = 0;
    while (connection?.isOpen && sent < 2000) {
      connection.send(bytes);
      sent += 1;
      await new Promise(setImmediate);
    }
    expect(sent).toBeLessThan(2000);
    expect(server.sockets.socketsOf('ann')).toEqual([]);
    await expectEnded(server, 4409);
    await server.stop(10_000);
  });

  it('is closed when the answers to its own pings wait for it', async () => {
    const server = await toyServer({ maxBufferedBytes: 10_000 });
    const client = await openRaw(server.port);
    client.socket.pause();
    const pings = Buffer.concat(new Array(1000).fill(clientFrame('a'.repeat(125), { opcode: 9 })));
    const flood = setInterval(() => client.socket.write(pings), 5);
    await expectEnded(server, 4409);
    clearInterval(flood);
  });

  it('learns the reason if it reads again soon', async () => {
    const server = await toyServer({ maxBufferedBytes: 100_000 });
    const client = await openClient(server.port);
    client.ws.pause();
    const [connection] = server.toy.opened;
    while (connection?.isOpen) {
      connection.send(Buffer.from('{}'.padEnd(50_000)));
      await new Promise(setImmediate);
    }
    client.ws.resume();
    expect(await client.closed).toMatchObject({ code: 4409 });
  });

  it('does not hinder who reads', async () => {
    const server = await toyServer({ maxBufferedBytes: 100_000 });
    const slow = await openClient(server.port);
    const quick = await openClient(server.port, { token: 'cid' });
    slow.ws.pause();
    const bytes = Buffer.from(`{"text":"${'a'.repeat(50_000)}"}`);
    let sent = 0;
    while (server.sockets.socketsOf('ann').length > 0) {
      for (const connection of server.toy.opened) connection.send(bytes);
      sent += 1;
      await quick.first(sent);
    }
    expect(quick.ws.readyState).toBe(quick.ws.OPEN);
  });
});

describe('the heartbeat', () => {
  it('closes who does not answer a ping', async () => {
    const server = await toyServer({ heartbeat: 200 });
    const started = performance.now();
    const client = await openClient(server.port, { token: 'ann', autoPong: false });
    expect(await client.closed).toMatchObject({ code: 4408 });
    expect(performance.now() - started).toBeGreaterThan(350);
    await expectEnded(server, 4408);
  });

  it('closes who is in the middle of a frame that comes byte by byte', async () => {
    const server = await toyServer({ heartbeat: 200 });
    const client = await openRaw(server.port);
    const frame = clientFrame(JSON.stringify({ type: 'say', text: 'a'.repeat(900) }));
    let sent = 0;
    const drip = setInterval(() => client.socket.write(frame.subarray(sent, ++sent)), 20);
    expect(await client.closeCode()).toBe(4408);
    clearInterval(drip);
  });

  it('ends who neither answers nor reads', async () => {
    const server = await toyServer({ heartbeat: 200 });
    const client = await openRaw(server.port);
    client.socket.pause();
    await expectEnded(server, 4408);
  });

  it('leaves who answers, or sends anything', async () => {
    const server = await toyServer({ heartbeat: 200 });
    const client = await openClient(server.port);
    const talker = await openClient(server.port, { token: 'cid', autoPong: false });
    const talk = setInterval(() => talker.send({ type: 'say', text: 'a' }), 50);
    let pings = 0;
    const many = Promise.withResolvers<void>();
    client.ws.on('ping', () => {
      pings += 1;
      if (pings === 5) many.resolve();
    });
    await many.promise;
    clearInterval(talk);
    expect(client.ws.readyState).toBe(client.ws.OPEN);
    expect(talker.ws.readyState).toBe(talker.ws.OPEN);
  });

  it('leaves who is not read because the server has enough to do', async () => {
    const server = await toyServer({ heartbeat: 200 });
    const client = await openClient(server.port);
    for (let count = 0; count < 300; count += 1) client.send({ type: 'wait' });
    let pings = 0;
    const many = Promise.withResolvers<void>();
    client.ws.on('ping', () => {
      pings += 1;
      if (pings === 4) many.resolve();
    });
    await many.promise;
    server.toy.release();
    await client.first(256);
    expect(client.ws.readyState).toBe(client.ws.OPEN);
  });
});

describe('nothing but a connection', () => {
  it('is forgotten when the server stops', async () => {
    const server = await toyServer();
    const client = new RawClient(server.port);
    await expect.poll(() => client.socket.readyState).toBe('open');
    await server.stop(5000);
    await client.closed;
  });
});

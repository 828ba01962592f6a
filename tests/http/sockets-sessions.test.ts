import { describe, expect, it } from 'vitest';
import type { Scope } from '../../src/kernel/principal.ts';
import {
  handshakeHead,
  openClient,
  openRaw,
  RawClient,
  SocketClient,
  toyServer,
} from '../support/sockets.ts';

describe('verifying again', () => {
  it('closes the sockets of who may not any more, and of nobody else', async () => {
    const server = await toyServer();
    const [one, two] = [await openClient(server.port), await openClient(server.port)];
    const other = await openClient(server.port, { token: 'cid' });
    server.tokens.known.delete('ann');
    await server.sockets.reverify('ann', null);
    for (const client of [one, two]) expect(await client.closed).toMatchObject({ code: 4401 });
    expect(other.ws.readyState).toBe(other.ws.OPEN);
    expect(server.toy.ended).toHaveLength(2);
  });

  it('of one session leaves the others', async () => {
    const server = await toyServer();
    server.tokens.add('tablet', { userId: 'ann' });
    const phone = await openClient(server.port);
    const tablet = await openClient(server.port, { token: 'tablet' });
    server.tokens.known.clear();
    await server.sockets.reverify('ann', 'session of tablet');
    expect(await tablet.closed).toMatchObject({ code: 4401 });
    expect(phone.ws.readyState).toBe(phone.ws.OPEN);
    expect(server.sockets.socketsOf('ann')).toHaveLength(1);
  });

  it.each([
    ['the scope is gone', { userId: 'ann', scopes: new Set<Scope>(['todos']) }],
    ['it is somebody else', { userId: 'cid' }],
  ])('closes where %s', async (_, change) => {
    const server = await toyServer();
    const client = await openClient(server.port);
    server.tokens.add('ann', change);
    await server.sockets.reverify('ann', null);
    expect(await client.closed).toMatchObject({ code: 4401 });
  });

  it('closes where it cannot be found out, and a line says so', async () => {
    const server = await toyServer();
    const client = await openClient(server.port);
    server.tokens.delay = () => Promise.reject(new Error('broken'));
    await server.sockets.reverify('ann', null);
    expect(await client.closed).toMatchObject({ code: 4401 });
    expect(server.lines).toContainEqual(
      expect.objectContaining({ level: 'error', err: expect.objectContaining({ message: 'broken' }) }),
    );
  });

  it('tells the protocol what somebody may now', async () => {
    const server = await toyServer();
    await openClient(server.port);
    server.tokens.add('ann', { roles: ['admin'] });
    await server.sockets.reverify('ann', null);
    expect(server.toy.opened[0]?.principal).toMatchObject({ roles: ['admin'], address: '127.0.0.1' });
    expect(server.toy.opened[0]?.isOpen).toBe(true);
  });

  it('believes the last answer, in whatever order they come', async () => {
    const server = await toyServer();
    await openClient(server.port);
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let asked = 0;
    server.tokens.delay = async () => gates[asked++]?.promise;
    const first = server.sockets.reverify('ann', null);
    const second = server.sockets.reverify('ann', null);
    server.tokens.add('ann', { roles: ['late'] });
    gates[1]?.resolve();
    await second;
    server.tokens.known.delete('ann');
    gates[0]?.resolve();
    await first;
    expect(server.toy.opened[0]?.isOpen).toBe(true);
    expect(server.toy.opened[0]?.principal.roles).toEqual(['late']);
  });

  it('reaches a socket that was being opened meanwhile', async () => {
    const server = await toyServer();
    const entered = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    server.tokens.delay = () => {
      entered.resolve();
      return gate.promise;
    };
    const client = new SocketClient(server.port, { token: 'ann' });
    await entered.promise;
    await server.sockets.reverify('ann', null);
    // As if the session had been read before it ended.
    server.tokens.delay = () => {
      server.tokens.known.delete('ann');
      return Promise.resolve();
    };
    gate.resolve();
    expect(await client.closed).toMatchObject({ code: 4401 });
  });

  it('of who is not here does nothing', async () => {
    const server = await toyServer();
    await server.sockets.reverify('eve', null);
    expect(server.sockets.socketsOf('eve')).toEqual([]);
  });
});

describe('a token that expires', () => {
  it('ends its sockets within a second', async () => {
    const server = await toyServer();
    server.tokens.add('shorter', {}, server.clock.now().getTime() + 59_000);
    server.tokens.add('short', {}, server.clock.now().getTime() + 60_000);
    const client = await openClient(server.port, { token: 'short' });
    const other = await openClient(server.port);
    const canary = await openClient(server.port, { token: 'shorter' });
    server.clock.advance(59);
    expect(await canary.closed).toMatchObject({ code: 4401 });
    expect(client.ws.readyState).toBe(client.ws.OPEN);
    server.clock.advance(1);
    const since = performance.now();
    expect(await client.closed).toMatchObject({ code: 4401 });
    expect(performance.now() - since).toBeLessThan(1000);
    expect(other.ws.readyState).toBe(other.ws.OPEN);
  });

  it('may have got longer meanwhile', async () => {
    const server = await toyServer();
    const now = server.clock.now().getTime();
    server.tokens.add('ann', {}, now + 1000);
    server.tokens.add('cid', {}, now + 1000);
    const client = await openClient(server.port);
    const other = await openClient(server.port, { token: 'cid' });
    server.tokens.add('ann', {}, now + 100_000);
    await server.sockets.reverify('ann', null);
    server.clock.advance(10);
    expect(await other.closed).toMatchObject({ code: 4401 });
    expect(client.ws.readyState).toBe(client.ws.OPEN);
  });
});

describe('stopping', () => {
  it('tells all to connect again, spread a little, and is then done at once', async () => {
    const server = await toyServer();
    const clients = await Promise.all(Array.from({ length: 100 }, () => openClient(server.port)));
    const started = performance.now();
    await server.stop(10_000);
    expect(performance.now() - started).toBeLessThan(2000);
    for (const client of clients)
      expect(await client.closed).toMatchObject({ code: 1012, reason: expect.stringContaining('random') });
    expect(server.toy.ended).toHaveLength(100);
  });

  it('does not wait for a client that neither answers nor reads', async () => {
    const server = await toyServer();
    const client = await openRaw(server.port);
    client.socket.pause();
    const started = performance.now();
    await server.stop(500);
    expect(performance.now() - started).toBeLessThan(1500);
    expect(server.toy.ended).toHaveLength(1);
  });

  it('waits for what a frame has begun', async () => {
    const server = await toyServer();
    const client = await openClient(server.port);
    client.send({ type: 'wait' });
    await expect.poll(() => server.toy.waitingCount).toBe(1);
    let isStopped = false;
    const stopped = server.stop(10_000).then(() => {
      isStopped = true;
    });
    await client.closed;
    await new Promise(setImmediate);
    expect(isStopped).toBe(false);
    server.toy.release();
    await stopped;
  });

  it('does not wait for that for ever', async () => {
    const server = await toyServer();
    const client = await openClient(server.port);
    client.send({ type: 'wait' });
    await expect.poll(() => server.toy.waitingCount).toBe(1);
    await server.stop(300);
  });

  it('refuses who is being let in', async () => {
    const server = await toyServer();
    const entered = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    server.tokens.delay = () => {
      entered.resolve();
      return gate.promise;
    };
    const client = new RawClient(server.port);
    client.socket.write(handshakeHead());
    await entered.promise;
    const stopped = server.stop(5000);
    gate.resolve();
    await client.closed;
    expect(client.received.toString()).toMatch(/^HTTP\/1\.1 503 .*server\.busy/s);
    await stopped;
  });

  it('cuts off who cannot be let in or refused', async () => {
    const server = await toyServer();
    const entered = Promise.withResolvers<void>();
    server.tokens.delay = () => {
      entered.resolve();
      return new Promise<void>(() => {});
    };
    const client = new RawClient(server.port);
    client.socket.write(handshakeHead());
    await entered.promise;
    await server.stop(300);
    await client.closed;
  });

  it('lets requests finish beside the sockets', async () => {
    const server = await toyServer();
    const client = await openClient(server.port);
    const keptAlive = new RawClient(server.port);
    keptAlive.socket.write('GET /livez HTTP/1.1\r\nHost: toy\r\n\r\n');
    await keptAlive.until(received => received.includes('ok'));
    await server.stop(10_000);
    await Promise.all([keptAlive.closed, client.closed]);
  });

  it('works where there never was a socket, and after they have gone', async () => {
    await (await toyServer()).stop(10_000);
    const server = await toyServer();
    const client = await openClient(server.port);
    client.ws.close();
    await client.closed;
    const started = performance.now();
    await server.stop(10_000);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

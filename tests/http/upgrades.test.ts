import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { HttpServer, type Upgrades } from '../../src/platform/http/server.ts';
import { handshakeHead, RawClient } from '../support/sockets.ts';

const limits = { port: 0, host: '127.0.0.1', maxConnections: 10, requestTimeout: 5000 };

/** A server whose upgraded connections nobody looks after, and one of these. */
async function neglected() {
  const takenOver = Promise.withResolvers<Socket>();
  const upgrades: Upgrades = {
    takes: () => true,
    handleUpgrade: (_, socket) => takenOver.resolve(socket),
    stop: async () => undefined,
  };
  const server = await HttpServer.listen((_, response) => response.end(), { ...limits, upgrades });
  const client = new RawClient(server.port);
  client.socket.write(handshakeHead());
  return { server, client, socket: await takenOver.promise };
}

describe('a connection that was taken over', () => {
  it('is cut off when the server may not wait any longer', async () => {
    const { server, client, socket } = await neglected();
    await server.stop(100);
    await client.closed;
    expect(socket.destroyed).toBe(true);
  });

  it('may break without harm', async () => {
    const { server, socket } = await neglected();
    const closed = new Promise(resolve => socket.once('close', resolve));
    expect(socket.listenerCount('error')).toBeGreaterThan(0);
    socket.destroy(new Error('broken'));
    await closed;
    await server.stop(5000);
  });
});

describe('a server that takes nothing over', () => {
  it('answers requests that ask it to', async () => {
    const server = await HttpServer.listen((_, response) => response.end('as ever'), limits);
    const client = new RawClient(server.port);
    client.socket.write(handshakeHead({ Connection: 'Upgrade, close' }));
    await client.closed;
    expect(client.received.toString()).toMatch(/^HTTP\/1\.1 200 .*as ever/s);
    await server.stop(5000);
  });
});

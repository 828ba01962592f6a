import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { within } from './child-process.ts';

/** Milliseconds until a request that should have come has failed the test. */
const PATIENCE = 10_000;

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Another server on this machine, as good or bad as a test wants it. */
export interface ForeignServer {
  readonly origin: string;
  readonly port: number;
  /** All that have come, oldest first. */
  readonly requests: readonly IncomingMessage[];
  /** Connections that were ever made. */
  readonly connections: number;
  /** Connections that are open. */
  readonly open: number;
  /** Waits for this many requests, and returns the last of them. */
  asked(count: number): Promise<IncomingMessage>;
  close(): Promise<void>;
}

export async function foreignServer(answer: Answer): Promise<ForeignServer> {
  const requests: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  const watchers = new Set<() => void>();
  let connections = 0;
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
    for (const watch of watchers) watch();
  });
  server.on('connection', socket => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    requests,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    asked(count) {
      const come = new Promise<IncomingMessage>(resolve => {
        const watch = () => {
          const request = requests[count - 1];
          if (request) resolve(request);
        };
        watchers.add(watch);
        watch();
      });
      return within(PATIENCE, come, () => `request number ${count}`);
    },
    async close() {
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** One that goes when the test ends. */
export async function foreignServerOfTest(answer: Answer): Promise<ForeignServer> {
  const server = await foreignServer(answer);
  onTestFinished(() => server.close());
  return server;
}

/** Waits until the other side of a request's connection has let go of it, in whatever way. */
export function closed({ socket }: IncomingMessage): Promise<void> {
  const gone = new Promise<void>(resolve => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
  return within(PATIENCE, gone, () => 'the end of a connection');
}

export const json =
  (value: unknown, head: Readonly<Record<string, string>> = {}): Answer =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': 'application/json', ...head }).end(JSON.stringify(value));

export const text =
  (body: string | Uint8Array, head: Readonly<Record<string, string>>, status = 200): Answer =>
  (_, response) =>
    void response.writeHead(status, head).end(body);

/** It takes the request, and that is all. */
export const hanging: Answer = () => undefined;

export const hangingAfterHead: Answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
};

export const hangingInBody: Answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"half":');
};

/** It promises more than it sends. */
export const truncating: Answer = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"half":', () => response.destroy());
};

export const resetting: Answer = request => void request.socket.resetAndDestroy();

/** Blanks without end, as fast as they are taken. */
export const floodingWith =
  (status: number): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    const blanks = Buffer.alloc(65_536, 0x20);
    const pour = () => {
      while (!response.destroyed && response.write(blanks));
    };
    response.on('drain', pour);
    pour();
  };

export const flooding = floodingWith(200);

/** Ten thousand bytes that become ten million blanks around a number, which would be JSON. */
export const gzipBomb: Answer = text(gzipSync(`${' '.repeat(10_000_000)}1`), {
  'content-type': 'application/json',
  'content-encoding': 'gzip',
});

export const redirecting = (location: string, status = 302): Answer =>
  text('', { location, 'content-type': 'application/json' }, status);

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import Type from 'typebox';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { DomainError } from '../../src/kernel/errors.ts';
import type { Identified, Scope, Verified } from '../../src/kernel/principal.ts';
import { NO_CACHE } from '../../src/platform/cache/cache.ts';
import { createApp } from '../../src/platform/http/app.ts';
import { Health } from '../../src/platform/http/health.ts';
import { RequestError } from '../../src/platform/http/problem.ts';
import { HttpServer } from '../../src/platform/http/server.ts';
import { Metrics } from '../../src/platform/metrics/metrics.ts';
import { type Connection, frameOf, type SocketProtocol } from '../../src/platform/ws/protocol.ts';
import type { Admission } from '../../src/platform/ws/socket-authentication.ts';
import { type SocketServerLimits, socketLimits } from '../../src/platform/ws/socket-limits.ts';
import { SocketServer } from '../../src/platform/ws/socket-server.ts';
import { memoryLimits } from './limits.ts';
import { type LogLine, logLines } from './log-lines.ts';
import { noRepeatedRequests } from './repeated-requests.ts';
import { baseSettings } from './settings.ts';
import { TestClock } from './test-clock.ts';

export const TOY_PATH = '/api/v1/toy/ws';
export const TOY = 'atrium.toy.v1';
export class ToyError extends DomainError {
  readonly code = 'toy.refused';

  constructor() {
    super('The toy does not want to.');
  }
}

/** A protocol to play with, and what it was told. */
export class Toy {
  readonly opened: Connection[] = [];
  readonly ended: Connection[] = [];
  readonly said: string[] = [];
  /** What `open` throws, if anything. */
  fault: Error | undefined;
  private waiting: (() => void)[] = [];

  get waitingCount(): number {
    return this.waiting.length;
  }

  release(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const go of waiting) go();
  }

  get protocol(): SocketProtocol<Connection> {
    const frame = frameOf<Connection>();
    const client_id = Type.Optional(Type.String());
    return {
      name: 'toy',
      description: 'For these tests.',
      path: '/toy/ws',
      subprotocol: TOY,
      scope: 'chat',
      received: [
        frame({
          type: 'say',
          summary: 'Says something',
          schema: Type.Object({
            type: Type.Literal('say'),
            client_id,
            text: Type.String({ maxLength: 1000 }),
          }),
          answers: ['said'],
          handle: (connection, { text }) => {
            this.said.push(text);
            connection.send(JSON.stringify({ type: 'said', text }));
          },
        }),
        frame({
          type: 'fail',
          summary: 'Goes wrong',
          schema: Type.Object({
            type: Type.Literal('fail'),
            client_id,
            how: Type.String(),
            later: Type.Boolean(),
          }),
          answers: [],
          handle: (_, { how, later }) => {
            const error = how === 'refused' ? new ToyError() : new Error(`secret ${how}`);
            if (later) return Promise.reject(error);
            throw error;
          },
        }),
        frame({
          type: 'wait',
          summary: 'Takes until it is released',
          schema: Type.Object({ type: Type.Literal('wait') }),
          answers: ['waited'],
          handle: async connection => {
            await new Promise<void>(resolve => this.waiting.push(resolve));
            connection.send('{"type":"waited"}');
          },
        }),
      ] as SocketProtocol<Connection>['received'],
      sent: [],
      open: connection => {
        if (this.fault) throw this.fault;
        this.opened.push(connection);
        return connection;
      },
      ended: connection => void this.ended.push(connection),
    };
  }
}

/** Tokens that are good, and for whom. */
export class ToyTokens {
  readonly known = new Map<string, Verified>();
  readonly clock = new TestClock();
  /** Awaited before anybody is let in. */
  delay: () => Promise<void> = async () => undefined;

  add(token: string, change: Partial<Identified> = {}, expiresAt = Number.MAX_SAFE_INTEGER): void {
    const scopes = new Set<Scope>(['chat']);
    const who = { userId: token, sessionId: `session of ${token}`, roles: ['member'], scopes };
    const principal = { ...who, isPerson: true, signedInAt: new Date(0), ...change };
    this.known.set(token, { principal, expiresAt });
  }

  verify(token: string): Verified {
    const verified = this.known.get(token);
    if (!verified || verified.expiresAt <= this.clock.now().getTime())
      throw new RequestError('request.unauthenticated', 'Nobody is known by that.');
    return verified;
  }
}

export interface ToyServer {
  readonly toy: Toy;
  readonly tokens: ToyTokens;
  readonly sockets: SocketServer;
  readonly http: HttpServer;
  readonly port: number;
  readonly clock: TestClock;
  readonly metrics: Metrics;
  readonly lines: LogLine[];
  stop(timeout: number): Promise<void>;
}

export interface ToyOptions extends Partial<SocketServerLimits> {
  readonly requestTimeout?: number;
  readonly maxConnections?: number;
}

/** A server that serves nothing but the toy, to ann, bob (without the scope) and cid. */
export async function toyServer({
  requestTimeout = 5000,
  maxConnections = 1000,
  ...limits
}: ToyOptions = {}): Promise<ToyServer> {
  const toy = new Toy();
  const tokens = new ToyTokens();
  tokens.add('ann');
  tokens.add('bob', { scopes: new Set<Scope>(['todos']) });
  tokens.add('cid');
  const settings = { ...baseSettings(), rateLimit: 'off' as const };
  const metrics = new Metrics();
  const { log, lines } = logLines('debug');
  const { clock } = tokens;
  const sockets = new SocketServer({
    protocols: [toy.protocol as SocketProtocol],
    authentication: {
      async authenticate({ headers, url = '' }): Promise<Admission> {
        await tokens.delay();
        const bearer = headers.authorization?.replace('Bearer ', '');
        const ticket = new URL(url, 'http://toy').searchParams.get('ticket');
        const token = bearer ?? ticket ?? '';
        return { ...tokens.verify(token), token, by: bearer === undefined ? 'ticket' : 'bearer' };
      },
      async reverify(token) {
        await tokens.delay();
        return tokens.verify(token);
      },
    },
    limits: { ...socketLimits(settings), handshakeTimeout: requestTimeout, ...limits },
    statuses: {},
    headers: [['X-Content-Type-Options', 'nosniff']],
    trustedProxies: 0,
    log,
    metrics,
    clock,
  });
  const app = await createApp(settings, {
    apis: [],
    authenticate: () => Promise.reject(new Error('nobody')),
    repeated: noRepeatedRequests(),
    cache: NO_CACHE,
    openApi: () => ({}),
    asyncApi: () => ({}) as never,
    health: new Health({}),
    log,
    metrics,
    limits: memoryLimits().limits,
  });
  const listen = { port: 0, host: '127.0.0.1', maxConnections, requestTimeout, upgrades: sockets };
  const http = await HttpServer.listen(app.callback(), listen);
  let stopped = false;
  onTestFinished(async () => {
    if (!stopped) await http.stop(0);
  });
  const stop = async (timeout: number) => {
    stopped = true;
    await http.stop(timeout);
  };
  return { toy, tokens, sockets, http, port: http.port, clock, metrics, lines, stop };
}

export interface ClientOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly protocols?: string[];
  readonly autoPong?: boolean;
}

/** A client as people have it. */
export class SocketClient {
  readonly ws: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into frames freely.
  readonly frames: any[] = [];
  private arrived: (() => void) | undefined;

  constructor(
    port: number,
    { token, headers, path = TOY_PATH, protocols = [TOY], autoPong = true }: ClientOptions,
  ) {
    this.ws = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, {
      autoPong,
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    });
    this.ws.on('message', data => {
      this.frames.push(JSON.parse(String(data)));
      this.arrived?.();
    });
    this.ws.on('error', () => undefined);
    this.closed = new Promise(resolve => {
      this.ws.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    onTestFinished(() => this.ws.terminate());
  }

  send(frame: object | string): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The first `count` frames, when there are so many. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into frames freely.
  async first(count: number): Promise<any[]> {
    while (this.frames.length < count)
      await new Promise<void>(resolve => {
        this.arrived = resolve;
      });
    return this.frames.slice(0, count);
  }
}

export async function openClient(
  port: number,
  options: ClientOptions = { token: 'ann' },
): Promise<SocketClient> {
  const client = new SocketClient(port, options);
  await once(client.ws, 'open');
  return client;
}

/** A client that sends what no client should. */
export class RawClient {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  private readonly parts: Buffer[] = [];
  private arrived: (() => void) | undefined;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', part => {
      this.parts.push(part);
      this.arrived?.();
    });
    this.socket.on('error', () => undefined);
    this.closed = new Promise(resolve => {
      this.socket.once('close', () => {
        this.arrived?.();
        resolve();
      });
    });
    onTestFinished(() => void this.socket.destroy());
  }

  get received(): Buffer {
    return Buffer.concat(this.parts);
  }

  async until(found: (received: Buffer) => boolean): Promise<void> {
    while (!found(this.received) && !this.socket.destroyed)
      await new Promise<void>(resolve => {
        this.arrived = resolve;
      });
  }

  /** The code of the close frame that comes after the head of the answer; undefined where there is none. */
  async closeCode(): Promise<number | undefined> {
    const code = () => closeCodeIn(this.received);
    await this.until(() => code() !== undefined);
    return code();
  }
}

export function handshakeHead(
  change: Readonly<Record<string, string | null>> = {},
  path = TOY_PATH,
  method = 'GET',
): string {
  const headers = {
    Host: 'toy',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Protocol': TOY,
    Authorization: 'Bearer ann',
    ...change,
  };
  const lines = Object.entries(headers).filter(([, value]) => value !== null);
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

/** A raw client whose socket is open. */
export async function openRaw(port: number): Promise<RawClient> {
  const client = new RawClient(port);
  client.socket.write(handshakeHead());
  await client.until(received => received.includes('\r\n\r\n'));
  return client;
}

/** RFC 6455, section 5.2; masked with zeros unless it is not masked at all. */
export function clientFrame(
  payload: Buffer | string,
  { opcode = 1, fin = true, masked = true }: { opcode?: number; fin?: boolean; masked?: boolean } = {},
): Buffer {
  const content = Buffer.from(payload);
  const mask = masked ? 0x80 : 0;
  const { length } = content;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | opcode;
  head[1] = mask | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0), content]);
}

function closeCodeIn(received: Buffer): number | undefined {
  let at = received.indexOf('\r\n\r\n') + 4;
  while (at >= 4 && received.length >= at + 2) {
    const opcode = (received[at] as number) & 0x0f;
    let length = (received[at + 1] as number) & 0x7f;
    let start = at + 2;
    if (length === 126) {
      length = received.readUInt16BE(start);
      start += 2;
    } else if (length === 127) {
      length = Number(received.readBigUInt64BE(start));
      start += 8;
    }
    if (opcode === 8 && received.length >= start + 2) return received.readUInt16BE(start);
    at = start + length;
  }
  return undefined;
}

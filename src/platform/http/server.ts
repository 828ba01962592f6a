import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { StartError } from '../configuration/settings.ts';
import { boundArrival } from './arrival.ts';

/** What takes connections over whose clients ask for another protocol. */
export interface Upgrades {
  /** Whether it takes this one. What it does not take is answered as if it had not asked (RFC 9110, section 7.8). */
  takes(request: IncomingMessage): boolean;
  /** From here on the connection is its own. */
  handleUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  /** Takes no more, and ends what it has within so many milliseconds. */
  stop(timeout: number): Promise<void>;
}

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  /** Connections that were taken over are not counted; whoever takes them has a limit of its own. */
  readonly maxConnections: number;
  /** Milliseconds within which a request must have arrived whole, unless its body is read as it comes (`letTakeTime`). */
  readonly requestTimeout: number;
  readonly upgrades?: Upgrades;
}

/** Milliseconds that a connection may stay idle: longer than the minute for which proxies keep theirs. */
const KEEP_ALIVE = 65_000;

const BACKLOG = 4096;

/** Milliseconds between two looks for requests that take too long to arrive. */
const CHECK_INTERVAL = 1000;

/** Milliseconds between two looks for connections that a stop need not wait for any more. */
const IDLE_INTERVAL = 50;

/** A listening HTTP server that can be stopped without cutting an answer short. */
export class HttpServer {
  private readonly server: Server;
  private readonly maxConnections: number;
  private readonly upgrades: Upgrades | undefined;
  private stopping = false;
  /** Connections that have asked for nothing yet, which Node does not count among the idle ones. */
  private readonly silent = new Set<Socket>();
  /** Connections that were taken over, which Node does not know any more. */
  private readonly takenOver = new Set<Socket>();

  private constructor(server: Server, { maxConnections, upgrades }: ListenOptions) {
    this.server = server;
    this.maxConnections = maxConnections;
    this.upgrades = upgrades;
    server.maxConnections = maxConnections;
  }

  /** @throws StartError when the port cannot be had */
  static async listen(listener: RequestListener, options: ListenOptions): Promise<HttpServer> {
    const { upgrades } = options;
    const server = createServer({
      keepAliveTimeout: KEEP_ALIVE,
      headersTimeout: options.requestTimeout,
      requestTimeout: 0,
      connectionsCheckingInterval: CHECK_INTERVAL,
      shouldUpgradeCallback: request => upgrades?.takes(request) ?? false,
    });
    const http = new HttpServer(server, options);
    // Otherwise a worker hands what is too much to the next one, and where all are full it goes round and round.
    Object.assign(server, { dropMaxConnection: true });
    // One function for all connections: thousands stay open, and each would keep its own.
    const forget = function (this: Socket) {
      http.forget(this);
    };
    // What had begun to answer before the stop has promised its client to keep the connection.
    const endIfStopping = function (this: ServerResponse) {
      if (http.stopping) this.req.socket.end();
    };
    server.on('connection', socket => {
      http.silent.add(socket);
      socket.once('close', forget);
    });
    server.on('request', (request, response) => {
      http.silent.delete(request.socket);
      boundArrival(request, response, options.requestTimeout);
      if (http.stopping) response.setHeader('Connection', 'close');
      response.once('finish', endIfStopping);
      listener(request, response);
    });
    server.on('upgrade', (request, socket, head) => http.takeOver(request, socket as Socket, head));
    server.listen({ port: options.port, host: options.host, backlog: BACKLOG });
    await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
      throw new StartError(`Cannot listen on ${options.host}:${options.port}: ${reasonOf(error)}`);
    });
    return http;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Takes no more connections, and waits `timeout` milliseconds at most for the requests that are running. */
  async stop(timeout: number): Promise<void> {
    this.stopping = true;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeIdleConnections();
    // Of a connection that was answered since, and is kept alive, the end would be waited for.
    const idle = setInterval(() => this.server.closeIdleConnections(), IDLE_INTERVAL);
    for (const socket of this.silent) socket.destroy();
    const force = setTimeout(() => {
      this.server.closeAllConnections();
      for (const socket of this.takenOver) socket.destroy();
    }, timeout);
    await Promise.all([closed, this.upgrades?.stop(timeout)]);
    clearTimeout(force);
    clearInterval(idle);
  }

  private takeOver(request: IncomingMessage, socket: Socket, head: Buffer): void {
    this.silent.delete(socket);
    this.takenOver.add(socket);
    this.countConnections();
    // Node stops listening here, and an error that nobody hears ends the process. The socket closes by itself.
    socket.on('error', ignore);
    this.upgrades?.handleUpgrade(request, socket, head);
  }

  private forget(socket: Socket): void {
    this.silent.delete(socket);
    if (this.takenOver.delete(socket)) this.countConnections();
  }

  private countConnections(): void {
    this.server.maxConnections = this.maxConnections + this.takenOver.size;
  }
}

function ignore(): void {}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE')
    return 'the port is in use. Stop what uses it, or choose another (PORT, MANAGEMENT_PORT).';
  if (code === 'EACCES') return 'this user may not use the port. Choose one above 1023.';
  return message;
}

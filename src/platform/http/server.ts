import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { StartError } from '../configuration/settings.ts';
import { boundArrival } from './arrival.ts';

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  readonly maxConnections: number;
  /** Milliseconds within which a request must have arrived whole, unless its body is read as it comes (`letTakeTime`). */
  readonly requestTimeout: number;
}

/** Milliseconds that a connection may stay idle: longer than the minute for which proxies keep theirs. */
const KEEP_ALIVE = 65_000;

const BACKLOG = 4096;

/** Milliseconds between two looks for requests that take too long to arrive. */
const CHECK_INTERVAL = 1000;

/** A listening HTTP server that can be stopped without cutting an answer short. */
export class HttpServer {
  private readonly server: Server;
  private stopping = false;
  /** Connections that have asked for nothing yet, which Node does not count among the idle ones. */
  private readonly silent = new Set<Socket>();

  private constructor(server: Server) {
    this.server = server;
  }

  /** @throws StartError when the port cannot be had */
  static async listen(listener: RequestListener, options: ListenOptions): Promise<HttpServer> {
    const server = createServer({
      keepAliveTimeout: KEEP_ALIVE,
      headersTimeout: options.requestTimeout,
      requestTimeout: 0,
      connectionsCheckingInterval: CHECK_INTERVAL,
    });
    const http = new HttpServer(server);
    server.maxConnections = options.maxConnections;
    // Otherwise a worker hands what is too much to the next one, and where all are full it goes round and round.
    Object.assign(server, { dropMaxConnection: true });
    server.on('connection', socket => {
      http.silent.add(socket);
      socket.once('close', () => http.silent.delete(socket));
    });
    server.on('request', (request, response) => {
      http.silent.delete(request.socket);
      boundArrival(request, response, options.requestTimeout);
      if (http.stopping) response.setHeader('Connection', 'close');
      listener(request, response);
    });
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
    for (const socket of this.silent) socket.destroy();
    const force = setTimeout(() => this.server.closeAllConnections(), timeout);
    await closed;
    clearTimeout(force);
  }
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'EADDRINUSE')
    return 'the port is in use. Stop what uses it, or choose another (PORT, MANAGEMENT_PORT).';
  if (code === 'EACCES') return 'this user may not use the port. Choose one above 1023.';
  return message;
}

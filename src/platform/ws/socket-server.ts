import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Server, WebSocketServer } from 'ws';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError, MissingScope, ServerBusy } from '../../kernel/errors.ts';
import type { SessionId, UserId, Verified } from '../../kernel/principal.ts';
import { problemFor } from '../http/answer-problems.ts';
import { API_ROOT } from '../http/endpoint.ts';
import { noteAnswer } from '../http/frame-requests.ts';
import { PLATFORM_PROBLEMS, RequestError } from '../http/problem.ts';
import type { Upgrades } from '../http/server.ts';
import type { HeaderList } from '../http/standard-headers.ts';
import { writeAnswer } from '../http/write-answer.ts';
import type { Log } from '../logging/log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { CompiledProtocol } from './compiled-protocol.ts';
import { type Handshake, handshakeOf, pathOf, requireHandshake } from './handshake.ts';
import { LinkedWebSocket } from './linked-web-socket.ts';
import { type Admission, OpenSocket } from './open-socket.ts';
import { CLOSE, type Connection, type SocketProtocol } from './protocol.ts';
import type { Admission as Admitted, SocketAuthentication } from './socket-authentication.ts';
import type { SocketServerLimits } from './socket-limits.ts';
import { SocketRegister } from './socket-register.ts';

export interface SocketServerParts {
  readonly protocols: readonly SocketProtocol[];
  readonly authentication: SocketAuthentication;
  readonly limits: SocketServerLimits;
  /** The status of every code that the authentication may throw. */
  readonly statuses: Readonly<Record<string, number>>;
  /** The headers of every answer. */
  readonly headers: HeaderList;
  readonly trustedProxies: number;
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'requests' | 'sockets'>;
  readonly clock: Clock;
}

/** How long the library bears with clients. */
const PATIENCE = {
  /** Milliseconds to answer a close frame. */
  closeTimeout: 2000,
  /** Pieces in which a frame, or a text of frames, may come: each takes more memory than its bytes. */
  maxBufferedChunks: 2048,
  maxFragments: 1024,
};

/** Seconds after which one who has too many sockets may try again. */
const RETRY_AFTER = '10';

const SESSION_ENDED = 'The session has ended. Sign in again.';

/** Serves protocols over WebSocket (RFC 6455). */
export class SocketServer implements Upgrades {
  private readonly parts: SocketServerParts;
  private readonly register: SocketRegister;
  private readonly protocols: ReadonlyMap<string, CompiledProtocol>;
  private readonly library: Server<typeof LinkedWebSocket>;
  private readonly handshakes = new WeakMap<IncomingMessage, Handshake>();
  private stopping = false;
  /** How often somebody's sockets were verified again. */
  private revision = 0;

  constructor(parts: SocketServerParts) {
    this.parts = parts;
    this.register = new SocketRegister({
      ...parts,
      metrics: parts.metrics.sockets,
      verifyAgain: socket => void this.verifyAgain(socket),
    });
    this.protocols = new Map(
      parts.protocols.map(protocol => [`${API_ROOT}${protocol.path}`, new CompiledProtocol(protocol)]),
    );
    this.library = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      autoPong: false,
      maxPayload: parts.limits.maxFrameBytes,
      ...PATIENCE,
      WebSocket: LinkedWebSocket,
      handleProtocols: (_, request) => this.protocolOf(request)?.protocol.subprotocol ?? false,
    });
    this.library.on('headers', (headers, request) => {
      headers.push(`X-Request-Id: ${this.handshakeOf(request).context.requestId}`);
    });
    this.library.on('wsClientError', (error, socket, request) => {
      this.refuse(new RequestError('request.malformed', `${error.message}.`), request, socket as Socket);
    });
  }

  takes(request: IncomingMessage): boolean {
    return request.headers.upgrade?.toLowerCase() === 'websocket' && this.protocolOf(request) !== undefined;
  }

  handleUpgrade(request: IncomingMessage, connection: Socket, head: Buffer): void {
    this.handshakes.set(request, handshakeOf(request, this.parts.trustedProxies));
    void this.letIn(request, connection, head).catch(error => this.refuse(error, request, connection));
  }

  /** The open ones, on this process. */
  socketsOf(userId: UserId): readonly Connection[] {
    return this.register.people.of(userId).filter(({ isOpen }) => isOpen);
  }

  /**
   * To be called when what somebody may has changed: asks again for their sockets, or those of one session, and closes those
   * (4401) that they may not have any more. Null stands for everybody's.
   */
  async reverify(userId: UserId | null, sessionId: SessionId | null): Promise<void> {
    this.revision += 1;
    const { people } = this.register;
    const sockets = (userId === null ? people.all() : people.of(userId)).filter(
      ({ principal }) => sessionId === null || principal.sessionId === sessionId,
    );
    await Promise.all(sockets.map(socket => socket.questions.take() && this.verifyAgain(socket)));
  }

  async stop(timeout: number): Promise<void> {
    this.stopping = true;
    await this.register.stop(timeout);
  }

  /** Whoever is one too many is told before there is a socket: it would be what there is not enough of. */
  private async letIn(request: IncomingMessage, connection: Socket, head: Buffer): Promise<void> {
    const compiled = this.protocolOf(request) as CompiledProtocol;
    const { authentication, limits } = this.parts;
    requireHandshake(request, compiled.protocol.subprotocol);
    if (this.stopping || this.register.size >= limits.maxSockets) throw new ServerBusy();
    this.register.enter(connection);
    const { revision } = this;
    const admitted = await authentication.authenticate(request);
    if (!admitted.principal.scopes.has(compiled.protocol.scope))
      throw new MissingScope(compiled.protocol.scope);
    this.requirePlaceFor(admitted);
    if (this.stopping) throw new ServerBusy();
    this.library.handleUpgrade(request, connection, head, ws => {
      const handshake = this.handshakeOf(request);
      const socket = new OpenSocket(
        ws,
        connection,
        compiled,
        admissionOf(admitted, handshake),
        this.register,
      );
      this.register.open(connection, socket);
      this.note(request, 101);
      socket.open();
      // What was told meanwhile could not have found this socket.
      if (this.revision !== revision) void this.verifyAgain(socket);
    });
  }

  private requirePlaceFor({ principal }: Verified): void {
    const { maxSocketsPerPerson } = this.parts.limits;
    if (this.register.people.of(principal.userId).length < maxSocketsPerPerson) return;
    throw new RequestError(
      'request.too_many',
      `You have ${maxSocketsPerPerson} sockets, which is as many as you may. Close another first.`,
      { headers: { 'Retry-After': RETRY_AFTER } },
    );
  }

  private refuse(error: unknown, request: IncomingMessage, connection: Socket): void {
    const { path, context } = this.handshakeOf(request);
    const statuses = { ...PLATFORM_PROBLEMS, ...this.parts.statuses };
    const { problem, headers } = problemFor(error, statuses, { path, context }, this.parts.log);
    writeAnswer(connection, {
      status: problem.status,
      headers: {
        'X-Request-Id': context.requestId,
        ...Object.fromEntries(this.parts.headers),
        ...headers,
        'Cache-Control': 'no-store',
        'Content-Type': 'application/problem+json; charset=utf-8',
      },
      body: JSON.stringify(problem),
    });
    this.register.leave(connection);
    this.note(request, problem.status);
  }

  private note(request: IncomingMessage, status: number): void {
    const handshake = this.handshakeOf(request);
    const endpoint = `${this.protocolOf(request)?.protocol.name}Socket`;
    const { context, started } = handshake;
    noteAnswer(handshake, context, { endpoint, status, started }, this.parts.log, this.parts.metrics);
  }

  private async verifyAgain(socket: OpenSocket): Promise<void> {
    socket.verifications += 1;
    const { verifications, principal } = socket;
    const verified = await this.verified(socket);
    if (verifications !== socket.verifications) return;
    const isSame = verified?.principal.userId === principal.userId;
    if (!verified || !isSame || !verified.principal.scopes.has(socket.scope))
      return socket.close(CLOSE.sessionEnded, SESSION_ENDED);
    socket.principal = { ...verified.principal, address: principal.address };
    socket.expiresAt = verified.expiresAt;
  }

  /** Undefined where it cannot be found out, too. */
  private async verified({ token }: OpenSocket): Promise<Verified | undefined> {
    try {
      return await this.parts.authentication.reverify(token);
    } catch (error) {
      if (!(error instanceof DomainError))
        this.parts.log.error({ err: error }, 'Whether somebody may keep a socket could not be found out');
      return undefined;
    }
  }

  private protocolOf({ url = '' }: IncomingMessage): CompiledProtocol | undefined {
    return this.protocols.get(pathOf(url));
  }

  private handshakeOf(request: IncomingMessage): Handshake {
    return this.handshakes.get(request) as Handshake;
  }
}

function admissionOf({ principal, token, expiresAt }: Admitted, { ip }: Handshake): Admission {
  return { principal: { ...principal, address: ip }, token, expiresAt };
}

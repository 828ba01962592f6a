import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { DomainError, ServerBusy, StorageUnavailable } from '../../kernel/errors.ts';
import type { Principal, Scope } from '../../kernel/principal.ts';
import type { Log } from '../logging/log.ts';
import { type CompiledProtocol, parseFrame } from './compiled-protocol.ts';
import { drained } from './drained.ts';
import { FrameAllowance } from './frame-allowance.ts';
import { errorFrame } from './frame-errors.ts';
import type { Link, LinkedWebSocket } from './linked-web-socket.ts';
import { CLOSE, type Connection } from './protocol.ts';
import { Questions } from './questions.ts';
import type { FrameRate, SocketServerLimits } from './socket-limits.ts';
import type { TextFrames } from './text-frames.ts';

/** What all sockets of a server have in common. */
export interface SharedParts {
  readonly limits: SocketServerLimits;
  readonly frames: TextFrames;
  readonly log: Log;
  readonly counts: { received: number; sent: number; unfinished: number };
  /** The connection is gone. */
  closed(socket: OpenSocket, code: number): void;
  /** A frame that took longer has been handled. */
  finished(): void;
}

/** Whom a socket is opened for. */
export interface Admission {
  readonly principal: Principal;
  readonly token: string;
  readonly expiresAt: number;
}

/** Frames of one socket that may be unfinished before it is read no further, and at how few it is read again. */
const PAUSE_FROM = 256;
const RESUME_AT = 128;

/** Bytes that a close frame has room for. */
const REASON_BYTES = 123;

/** Characters of a `client_id` that are told back. */
const CLIENT_ID_LENGTH = 256;

const TOO_SLOW = 'You read too slowly. Connect again and ask for what you missed.';

const NOT_CLOSED = 0;

export class OpenSocket implements Connection, Link {
  principal: Principal;
  /** Milliseconds since 1970. */
  expiresAt: number;
  /** When the heartbeat looks at it, as `performance.now()` says it. */
  dueAt = 0;
  /** How often it was asked whether the person still may: the last answer counts. */
  verifications = 0;
  readonly questions = new Questions();
  readonly token: string;
  private readonly ws: LinkedWebSocket;
  private readonly socket: Socket;
  private readonly compiled: CompiledProtocol;
  private readonly shared: SharedParts;
  private session: unknown;
  private hasSession = false;
  /** With which it was closed from here. */
  private closeCode = NOT_CLOSED;
  private isUnanswered = false;
  private unfinished = 0;
  private readonly allowance: FrameAllowance | undefined;

  constructor(
    ws: LinkedWebSocket,
    socket: Socket,
    compiled: CompiledProtocol,
    { principal, token, expiresAt }: Admission,
    shared: SharedParts,
  ) {
    this.ws = ws;
    this.socket = socket;
    this.compiled = compiled;
    this.principal = principal;
    this.token = token;
    this.expiresAt = expiresAt;
    this.shared = shared;
    const { frameRate } = shared.limits;
    this.allowance = frameRate && new FrameAllowance(frameRate);
    ws.listen(this);
  }

  get isOpen(): boolean {
    return this.closeCode === NOT_CLOSED && this.ws.readyState === WebSocket.OPEN;
  }

  /** Whether it is to be asked at this sweep if the person still may; then not again before there is an answer. */
  isDue(now: number): boolean {
    const isDue = this.questions.next() || this.expiresAt <= now;
    if (isDue) this.expiresAt = Number.POSITIVE_INFINITY;
    return isDue;
  }

  get scope(): Scope {
    return this.compiled.protocol.scope;
  }

  /** Lets the protocol begin. */
  open(): void {
    const { protocol } = this.compiled;
    try {
      this.session = protocol.open(this, this.shared.limits);
      this.hasSession = true;
      if (!this.isOpen) this.endSession();
    } catch (error) {
      const { detail } = errorFrame(error, undefined, this.shared.log);
      const isPassing = error instanceof StorageUnavailable || error instanceof ServerBusy;
      const code = isPassing ? CLOSE.tryLater : error instanceof DomainError ? CLOSE.policy : CLOSE.failed;
      this.close(code, detail);
    }
  }

  send(content: string | Uint8Array): void {
    if (!this.isOpen || !this.reads()) return;
    this.socket.write(this.shared.frames.of(content));
    this.shared.counts.sent += 1;
  }

  drained(): Promise<void> {
    return drained(this.socket, this.shared.limits.heartbeat, () => this.close(CLOSE.tooSlow, TOO_SLOW));
  }

  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.ws.close(code, Buffer.byteLength(reason) > REASON_BYTES ? '' : reason);
    this.closeCode = code;
    // Or the other side's close frame would not be read.
    if (this.ws.isPaused) this.ws.resume();
    this.endSession();
  }

  terminate(): void {
    this.ws.terminate();
  }

  /** Asks for a sign of life, or ends what has given none since it was last asked. */
  beat(): void {
    if (!this.isOpen) this.terminate();
    // Nothing is read of a socket that is paused, neither its answer.
    else if (this.isUnanswered && !this.ws.isPaused)
      this.close(CLOSE.heartbeatLost, 'A ping was not answered.');
    else {
      this.isUnanswered = true;
      this.ws.ping();
    }
  }

  receive(data: Buffer, isBinary: boolean): void {
    if (!this.admits()) return;
    this.shared.counts.received += 1;
    let clientId: string | undefined;
    try {
      const frame = parseFrame(data, isBinary);
      clientId = clientIdOf(frame.client_id);
      const handling = this.compiled.handle(this.session, frame);
      if (handling) this.await(handling, clientId);
    } catch (error) {
      this.refuse(error, clientId);
    }
  }

  pinged(data: Buffer): void {
    if (this.admits()) this.ws.pong(data);
  }

  ponged(): void {
    this.admits();
  }

  /** Whether the other side may send something now, if it is no more than a ping. */
  private admits(): boolean {
    if (!this.isOpen) return false;
    this.isUnanswered = false;
    if (!this.reads()) return false;
    if (!this.allowance || this.allowance.take()) return true;
    const { perSecond } = this.shared.limits.frameRate as FrameRate;
    this.close(CLOSE.tooManyFrames, `You may send ${perSecond} frames a second.`);
    return false;
  }

  /** The library has found the client at fault, and closes. */
  failed(code: number): void {
    if (this.closeCode === NOT_CLOSED) this.closeCode = code;
    this.endSession();
  }

  closed(code: number): void {
    this.endSession();
    this.shared.closed(this, this.closeCode === NOT_CLOSED ? code : this.closeCode);
  }

  /** Whether the other side reads; or it is cut off. */
  private reads(): boolean {
    if (this.socket.writableLength <= this.shared.limits.maxBufferedBytes) return true;
    this.close(CLOSE.tooSlow, TOO_SLOW);
    return false;
  }

  private await(handling: Promise<void>, clientId: string | undefined): void {
    this.unfinished += 1;
    this.shared.counts.unfinished += 1;
    if (this.unfinished === PAUSE_FROM) this.ws.pause();
    handling
      .catch(error => this.refuse(error, clientId))
      .then(() => {
        this.unfinished -= 1;
        this.shared.counts.unfinished -= 1;
        if (this.unfinished === RESUME_AT && this.ws.isPaused) this.resume();
        this.shared.finished();
      });
  }

  private resume(): void {
    this.isUnanswered = false;
    this.ws.resume();
  }

  private refuse(error: unknown, clientId: string | undefined): void {
    this.send(JSON.stringify(errorFrame(error, clientId, this.shared.log)));
  }

  /** In a turn of its own: whoever is told may be in the middle of sending to many. */
  private endSession(): void {
    if (!this.hasSession) return;
    this.hasSession = false;
    process.nextTick(endSession, this.compiled, this.session, this.shared.log);
  }
}

function endSession({ protocol }: CompiledProtocol, session: unknown, log: Log): void {
  try {
    protocol.ended(session);
  } catch (error) {
    log.error({ err: error }, 'A socket could not be ended in order');
  }
}

function clientIdOf(id: unknown): string | undefined {
  return typeof id === 'string' && id.length <= CLIENT_ID_LENGTH ? id : undefined;
}

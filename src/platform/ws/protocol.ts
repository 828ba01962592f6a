import type { Static, TObject } from 'typebox';
import type { Principal, Scope } from '../../kernel/principal.ts';

/** One open socket, as a protocol sees it. */
export interface Connection {
  /** Who is at the other end, as they were last verified. */
  readonly principal: Principal;
  readonly isOpen: boolean;
  /**
   * Sends one text frame; nothing where the socket is not open any more. Many connections may be given the same bytes, which is
   * cheapest one after the other, and which must not change afterwards. A client that does not read is cut off (4409) where more
   * than the limit waits for it.
   */
  send(frame: string | Uint8Array): void;
  /**
   * Resolves when little waits for the client, or it is gone: for who has much to send that can wait. A client that does not
   * read for as long as the heartbeat's interval is cut off (4409).
   */
  drained(): Promise<void>;
  /** `reason`: at most 123 bytes. */
  close(code: number, reason: string): void;
}

/** What a client is told of the server's limits. */
export interface SocketLimits {
  /** Milliseconds between two signs of life that the server wants to see. */
  readonly heartbeat: number;
  readonly maxFrameBytes: number;
}

/**
 * A frame that clients send: an object with a literal `type`. Fields that the schema does not have are refused. What is thrown
 * goes back as one error frame: a `DomainError` with its code and words, anything else as `server.failed`.
 */
export interface ReceivedFrame<Session> {
  readonly type: string;
  readonly summary: string;
  readonly schema: TObject;
  /** The types of the frames that answer it, for the documents. */
  readonly answers: readonly string[];
  /** The next frame does not wait for the promise of this one: where order matters, the protocol keeps it. */
  handle(session: Session, frame: never): Promise<void> | void;
}

/** A frame that the server sends. */
export interface SentFrame {
  readonly type: string;
  readonly summary: string;
  readonly schema: TObject;
}

/** Everything that the sockets, the validator, the documents and the tests need to know of a protocol. */
export interface SocketProtocol<Session = unknown> {
  readonly name: string;
  /** Markdown, for the documents. */
  readonly description: string;
  /** Below the API's root, as `/chat/ws`. */
  readonly path: string;
  readonly subprotocol: string;
  readonly scope: Scope;
  readonly received: readonly ReceivedFrame<Session>[];
  readonly sent: readonly SentFrame[];
  /** Called once the socket is open; may send. What it throws closes the socket. */
  open(connection: Connection, limits: SocketLimits): Session;
  /** Called once when it has ended, whoever ended it; never from within `send` or `close`. */
  ended(session: Session): void;
}

/** Checks that a frame's handler fits its schema. */
export function frameOf<Session>() {
  return <const Schema extends TObject>(
    declaration: Omit<ReceivedFrame<Session>, 'schema' | 'handle'> & {
      readonly schema: Schema;
      readonly handle: (session: Session, frame: Static<Schema>) => Promise<void> | void;
    },
  ): ReceivedFrame<Session> => declaration as ReceivedFrame<Session>;
}

/** RFC 6455, section 7.4, and this server's own. */
export const CLOSE = {
  protocolError: 1002,
  badText: 1007,
  policy: 1008,
  tooBig: 1009,
  failed: 1011,
  restart: 1012,
  tryLater: 1013,
  sessionEnded: 4401,
  heartbeatLost: 4408,
  tooSlow: 4409,
  tooManyFrames: 4429,
} as const;

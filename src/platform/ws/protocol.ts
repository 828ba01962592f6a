import type { Static, TObject } from 'typebox';
import type { Principal, Scope } from '../../kernel/principal.ts';

/** One open socket, as a protocol sees it. */
export interface Connection {
  /** Who is at the other end, as they were last verified. */
  readonly principal: Principal;
  readonly isOpen: boolean;
  /**
   * Sends one text frame. Many connections may be given the same bytes. A client that does not read is cut off (4409)
   * where more than the limit waits for it.
   */
  send(frame: string | Uint8Array): void;
  close(code: number, reason: string): void;
}

/** What a client is told of the server's limits. */
export interface SocketLimits {
  /** Milliseconds between two signs of life that the server wants to see. */
  readonly heartbeat: number;
  readonly maxFrameBytes: number;
}

/** A frame that clients send: an object with a literal `type`. What is thrown goes back as one error frame. */
export interface ReceivedFrame<Session> {
  readonly type: string;
  readonly summary: string;
  readonly schema: TObject;
  /** The types of the frames that answer it, for the documents. */
  readonly answers: readonly string[];
  readonly handle: (session: Session, frame: never) => Promise<void> | void;
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
  /** Called once the socket is open; may send. */
  open(connection: Connection, limits: SocketLimits): Session;
  /** Called once when it has ended, whoever ended it. */
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
  policy: 1008,
  tooBig: 1009,
  restart: 1012,
  tryLater: 1013,
  sessionEnded: 4401,
  heartbeatLost: 4408,
  tooSlow: 4409,
  tooManyFrames: 4429,
} as const;

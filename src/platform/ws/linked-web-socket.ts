import { WebSocket } from 'ws';
import { CLOSE } from './protocol.ts';

/** Who is told what becomes of a socket of the library's. */
export interface Link {
  receive(data: Buffer, isBinary: boolean): void;
  pinged(data: Buffer): void;
  ponged(): void;
  /** The library closes, because the client has broken the rules. */
  failed(code: number): void;
  closed(code: number): void;
}

/** What the library closes with; the others of its errors are against the protocol. */
const CLOSED_FOR: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: CLOSE.badText,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: CLOSE.tooBig,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: CLOSE.tooBig,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: CLOSE.policy,
};

/** The library's socket, which knows ours: so the same few listeners serve all of them. */
export class LinkedWebSocket extends WebSocket {
  link: Link | undefined;

  listen(link: Link): void {
    this.link = link;
    this.on('message', onMessage)
      .on('ping', onPing)
      .on('pong', onPong)
      .on('error', onError)
      .on('close', onClose);
  }
}

function onMessage(this: WebSocket, data: unknown, isBinary: boolean): void {
  linkOf(this)?.receive(data as Buffer, isBinary);
}

function onPing(this: WebSocket, data: Buffer): void {
  linkOf(this)?.pinged(data);
}

function onPong(this: WebSocket): void {
  linkOf(this)?.ponged();
}

function onError(this: WebSocket, error: Error & { readonly code?: string }): void {
  linkOf(this)?.failed(CLOSED_FOR[error.code ?? ''] ?? CLOSE.protocolError);
}

function onClose(this: WebSocket, code: number): void {
  linkOf(this)?.closed(code);
}

function linkOf(socket: WebSocket): Link | undefined {
  return (socket as LinkedWebSocket).link;
}

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { ReplyHeaders } from './endpoint.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReplyHeaders;
  readonly body: string;
}

/** Answers where Node has no response to offer, because it has given the connection away, and closes. */
export function writeAnswer(socket: Socket, { status, headers, body }: RawAnswer): void {
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map(each => `${name}: ${each}`),
  );
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...lines,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `Date: ${new Date().toUTCString()}`,
    'Connection: close',
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

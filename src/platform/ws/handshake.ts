import type { IncomingMessage } from 'node:http';
import { clientAddress } from '../http/client-address.ts';
import type { Asked } from '../http/frame-requests.ts';
import { RequestError } from '../http/problem.ts';
import { contextOf, type RequestContext } from '../http/request-context.ts';

/** A request to become a socket, as it is logged and answered. */
export interface Handshake extends Asked {
  readonly context: RequestContext;
  readonly started: number;
}

const VERSION = '13';

export function handshakeOf(request: IncomingMessage, trustedProxies: number): Handshake {
  const { headers, method = '', url = '' } = request;
  return {
    context: contextOf(headers['x-request-id'], headers.traceparent),
    method,
    path: pathOf(url),
    ip: clientAddress(request, trustedProxies),
    started: performance.now(),
  };
}

/** Without the query, which may be a ticket. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
}

/** RFC 6455, section 4.2.1, and the subprotocol. @throws RequestError */
export function requireHandshake({ method, headers }: IncomingMessage, subprotocol: string): void {
  if (method !== 'GET')
    throw new RequestError('request.method_not_allowed', `A socket is opened by GET, not by ${method}.`, {
      headers: { Allow: 'GET' },
    });
  if (headers['sec-websocket-version'] !== VERSION)
    throw new RequestError('request.malformed', `Sec-WebSocket-Version must be ${VERSION}.`, {
      headers: { 'Sec-WebSocket-Version': VERSION },
    });
  const offered = headers['sec-websocket-protocol']?.split(',').map(name => name.trim());
  if (!offered?.includes(subprotocol))
    throw new RequestError('request.malformed', `Sec-WebSocket-Protocol must offer ${subprotocol}.`);
}

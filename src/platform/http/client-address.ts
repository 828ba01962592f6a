import type { IncomingMessage } from 'node:http';

/** The client's address where no Koa context says it (`context.ip`), by the same rule. */
export function clientAddress({ headers, socket }: IncomingMessage, trustedProxies: number): string {
  const forwarded = headers['x-forwarded-for'];
  if (trustedProxies > 0 && forwarded !== undefined) {
    const [first] = String(forwarded).split(',').slice(-trustedProxies);
    if (first?.trim()) return first.trim();
  }
  return socket.remoteAddress ?? '';
}

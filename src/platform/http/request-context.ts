import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes, randomUUID } from 'node:crypto';

/** What belongs to one request and is wanted far from it: in log lines, in calls to other servers, in jobs. */
export interface RequestContext {
  readonly requestId: string;
  /** W3C Trace Context: the trace that the request belongs to, and this server's own part of it. */
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** https://www.w3.org/TR/trace-context/#traceparent-header; all zeros are invalid. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

export function contextOf(requestId: string, traceparent: string): RequestContext {
  const [, traceId, , flags = '00'] = TRACEPARENT.exec(traceparent) ?? [];
  return {
    requestId: REQUEST_ID.test(requestId) ? requestId : randomUUID(),
    traceId: traceId ?? randomUUID().replaceAll('-', ''),
    spanId: randomBytes(8).toString('hex'),
    sampled: (Number.parseInt(flags, 16) & 1) === 1,
  };
}

/** The `traceparent` to send along with what this request causes elsewhere. */
export function traceparentOf({ traceId, spanId, sampled }: RequestContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

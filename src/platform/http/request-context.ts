import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** What belongs to one request and is wanted far from it: in log lines, in calls to other servers, in jobs. */
export interface RequestContext {
  readonly requestId: string;
  /** W3C Trace Context: the trace that the request belongs to, and this server's own part of it. */
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

const SPAN_ID_LENGTH = 16;

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** https://www.w3.org/TR/trace-context/#traceparent-header: version, trace, span, flags; all zeros are invalid. */
const TRACEPARENT = /^([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?$/;

/** Unique, not secret: what this process drew when it started, and a number. */
const PROCESS = randomUUID().replaceAll('-', '').slice(0, 20);

let lastNumber = 0;

/** A request that brings neither id nor trace has the same 32 hexadecimal digits for both. */
export function contextOf(requestId: unknown, traceparent: unknown): RequestContext {
  lastNumber += 1;
  const own = PROCESS + lastNumber.toString(16).padStart(12, '0');
  const trace = typeof traceparent === 'string' ? traceOf(traceparent) : undefined;
  return {
    requestId: typeof requestId === 'string' && REQUEST_ID.test(requestId) ? requestId : own,
    traceId: trace?.traceId ?? own,
    spanId: own.slice(-SPAN_ID_LENGTH),
    sampled: trace?.sampled ?? false,
  };
}

/** Version ff is invalid, and only versions after 00 may say more behind the flags. */
function traceOf(traceparent: string): { traceId: string; sampled: boolean } | undefined {
  const [, version, traceId, flags = '', more] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  return { traceId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The `traceparent` to send along with what this request causes elsewhere. */
export function traceparentOf({ traceId, spanId, sampled }: RequestContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

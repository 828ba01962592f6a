import { randomUUID } from 'node:crypto';

/** What ties together all that is said about one request. */
export interface RequestContext {
  readonly requestId: string;
  /** W3C Trace Context: the trace that the request belongs to, and this server's own part of it. */
  readonly traceId: string;
  readonly spanId: string;
  /** Whether whoever began the trace records it. */
  readonly isSampled: boolean;
}

const SPAN_ID_LENGTH = 16;

/** The one flag that version 00 has. */
const SAMPLED = 0x01;

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
    isSampled: trace?.isSampled ?? false,
  };
}

/** What the request says to whom it asks in turn. */
export function traceparentOf({ traceId, spanId, isSampled }: RequestContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/** Version ff is invalid, and only versions after 00 may say more behind the flags. */
function traceOf(traceparent: string): Pick<RequestContext, 'traceId' | 'isSampled'> | undefined {
  const [, version, traceId, flags = '', more] = TRACEPARENT.exec(traceparent) ?? [];
  if (!traceId || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  return { traceId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}

/** The request as a log line names it. */
export function lineFields({ requestId, traceId, spanId }: RequestContext): object {
  return { request_id: requestId, trace_id: traceId, span_id: spanId };
}

import { randomUUID } from 'node:crypto';

/** What ties together all that is said about one request. */
export interface RequestContext {
  readonly requestId: string;
  /** W3C Trace Context: the trace that the request belongs to, and this server's own part of it. */
  readonly traceId: string;
  readonly spanId: string;
}

const SPAN_ID_LENGTH = 16;

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** https://www.w3.org/TR/trace-context/#traceparent-header: version, trace, span, flags; all zeros are invalid. */
const TRACEPARENT = /^([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** Unique, not secret: what this process drew when it started, and a number. */
const PROCESS = randomUUID().replaceAll('-', '').slice(0, 20);

let lastNumber = 0;

/** A request that brings neither id nor trace has the same 32 hexadecimal digits for both. */
export function contextOf(requestId: unknown, traceparent: unknown): RequestContext {
  lastNumber += 1;
  const own = PROCESS + lastNumber.toString(16).padStart(12, '0');
  return {
    requestId: typeof requestId === 'string' && REQUEST_ID.test(requestId) ? requestId : own,
    traceId: (typeof traceparent === 'string' && traceOf(traceparent)) || own,
    spanId: own.slice(-SPAN_ID_LENGTH),
  };
}

/** Version ff is invalid, and only versions after 00 may say more behind the flags. */
function traceOf(traceparent: string): string | undefined {
  const [, version, traceId, more] = TRACEPARENT.exec(traceparent) ?? [];
  return version === 'ff' || (version === '00' && more !== undefined) ? undefined : traceId;
}

/** The request as a log line names it. */
export function lineFields({ requestId, traceId, spanId }: RequestContext): object {
  return { request_id: requestId, trace_id: traceId, span_id: spanId };
}

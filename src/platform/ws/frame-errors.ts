import { DomainError, ServerBusy } from '../../kernel/errors.ts';
import { PLATFORM_PROBLEMS, RequestError } from '../http/problem.ts';
import { contextOf, lineFields } from '../http/request-context.ts';
import type { Log } from '../logging/log.ts';

/** What an error frame can say whatever the protocol is, and what it means; for the documents. */
export const FRAME_ERRORS = {
  'frame.binary': 'The frame was binary.',
  'frame.unknown_type': 'The frame is no object, or has no `type` that clients may send.',
  'request.malformed_json': 'The frame was no JSON.',
  'request.invalid': 'A field is missing, wrong or not known; `detail` names it.',
  'server.failed': 'Something went wrong here; `detail` has the ticket.',
} as const;

/** Something that a frame has and no request can have. */
export class FrameError extends Error {
  readonly code: Extract<keyof typeof FRAME_ERRORS, `frame.${string}`>;

  constructor(code: FrameError['code'], detail: string) {
    super(detail);
    this.code = code;
  }
}

/** An error frame as it is sent. */
export interface ErrorFrame {
  readonly type: 'error';
  readonly code: string;
  readonly detail: string;
  readonly client_id?: string;
}

/** The error frame that an error is; what nobody expected is logged, and leaves nothing but its ticket. */
export function errorFrame(error: unknown, clientId: string | undefined, log: Log): ErrorFrame {
  const { code, message: detail } = error instanceof FrameError ? error : expected(error, log);
  return { type: 'error', code, detail, ...(clientId !== undefined && { client_id: clientId }) };
}

function expected(error: unknown, log: Log): { readonly code: string; readonly message: string } {
  if (error instanceof RequestError) return error;
  const context = contextOf(undefined, undefined);
  if (error instanceof DomainError) {
    const status = (PLATFORM_PROBLEMS as Readonly<Record<string, number>>)[error.code] ?? 0;
    if (error instanceof ServerBusy) log.warn(lineFields(context), error.message);
    else if (status >= 500) log.error({ ...lineFields(context), err: error }, error.message);
    return { code: error.code, message: error.field ? `"/${error.field}": ${error.message}` : error.message };
  }
  log.error({ ...lineFields(context), err: error }, 'A frame failed unexpectedly');
  const message = `Something went wrong here. Tell your administrator the ticket ${context.requestId}.`;
  return { code: 'server.failed', message };
}

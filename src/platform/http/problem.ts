import { STATUS_CODES } from 'node:http';
import type { DomainError, KernelErrorCode } from '../../kernel/errors.ts';
import type { ReplyHeaders } from './endpoint.ts';

/** One thing that is wrong with a request. `pointer` is a JSON pointer (RFC 6901) into its body or query. */
export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

export type RequestErrorCode =
  | 'request.malformed_json'
  | 'request.invalid'
  | 'request.too_large'
  | 'request.unsupported_media_type'
  | 'request.not_acceptable'
  | 'request.unknown_route'
  | 'request.method_not_allowed'
  | 'request.bad_id'
  | 'request.unauthenticated'
  | 'request.foreign_origin'
  | 'request.precondition_failed'
  | 'request.malformed'
  | 'request.still_running'
  | 'request.key_reused'
  | 'request.too_many'
  | 'server.failed';

/** The status of every error that is no context's own. */
export const PLATFORM_PROBLEMS = {
  'request.malformed': 400,
  'request.malformed_json': 400,
  'request.unauthenticated': 401,
  'access.insufficient_scope': 403,
  'request.foreign_origin': 403,
  'request.bad_id': 404,
  'request.unknown_route': 404,
  'request.method_not_allowed': 405,
  'request.not_acceptable': 406,
  'request.still_running': 409,
  'request.precondition_failed': 412,
  'concurrency.version_mismatch': 412,
  'request.too_large': 413,
  'request.unsupported_media_type': 415,
  'request.invalid': 422,
  'request.key_reused': 422,
  'request.too_many': 429,
  'text.length': 422,
  'text.characters': 422,
  'server.failed': 500,
  'storage.unavailable': 503,
  'server.busy': 503,
} as const satisfies Record<RequestErrorCode | KernelErrorCode, number>;

/** Something that HTTP itself, and no use case, finds wrong with a request. */
export class RequestError extends Error {
  readonly code: RequestErrorCode;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: ReplyHeaders;

  constructor(
    code: RequestErrorCode,
    detail: string,
    extra: {
      readonly errors?: readonly FieldError[];
      readonly headers?: ReplyHeaders;
    } & ErrorOptions = {},
  ) {
    super(detail, extra);
    this.code = code;
    this.errors = extra.errors;
    this.headers = extra.headers ?? {};
  }
}

/** A problem document (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly request_id: string;
  readonly errors?: readonly FieldError[];
}

export interface ProblemAnswer {
  readonly problem: Problem;
  readonly headers: ReplyHeaders;
}

/** Seconds. A storage that is locked or restarting is often back by then. */
const RETRY_AFTER = '2';

/** The problem that an expected error is, given the status of its code. */
export function problemOf(
  error: DomainError | RequestError,
  status: number,
  request: { readonly path: string; readonly requestId: string },
): ProblemAnswer {
  const errors = fieldErrors(error, status);
  return {
    problem: {
      type: `urn:atrium:problem:${error.code}`,
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail: error.message,
      instance: request.path,
      code: error.code,
      request_id: request.requestId,
      ...(errors && { errors }),
    },
    headers: { ...headersFor(error, status), ...(error instanceof RequestError ? error.headers : {}) },
  };
}

function fieldErrors(error: DomainError | RequestError, status: number): readonly FieldError[] | undefined {
  if (error instanceof RequestError) return error.errors;
  return status === 422 ? fieldErrorsOf(error) : undefined;
}

/** What the domain says of the one input that is at fault, if it says which. */
export function fieldErrorsOf({ code, field, message }: DomainError): readonly FieldError[] | undefined {
  if (field === undefined) return undefined;
  return [{ pointer: `/${field}`, code: code.slice(code.indexOf('.') + 1), detail: message }];
}

/** RFC 6750, section 3, for what is wrong with a token; RFC 9110 for when to come back. */
function headersFor(error: DomainError | RequestError, status: number): Record<string, string> {
  if ('retryAfter' in error) return { 'Retry-After': String(error.retryAfter) };
  if (status === 503) return { 'Retry-After': RETRY_AFTER };
  if (error.code === 'request.unauthenticated') return { 'WWW-Authenticate': 'Bearer realm="atrium"' };
  if (status === 401) return { 'WWW-Authenticate': 'Bearer realm="atrium", error="invalid_token"' };
  if (error.code !== 'access.insufficient_scope' || !('scope' in error)) return {};
  return { 'WWW-Authenticate': `Bearer realm="atrium", error="insufficient_scope", scope="${error.scope}"` };
}

import { STATUS_CODES } from 'node:http';
import { expect } from 'vitest';
import type { Answer } from './client.ts';

/** Pointer and rule of one thing that is wrong, as `errors` says it. */
export type Fault = readonly [pointer: string, code: string];

/** Checks that an answer is a whole problem document (RFC 9457) with this status and code, and these faults. */
export function expectProblem(answer: Answer, status: number, code: string, faults?: readonly Fault[]): void {
  expect(answer.body).toMatchObject({ status, code });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json(;|$)/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.has('etag')).toBe(false);
  expect(answer.body).toEqual({
    type: `urn:atrium:problem:${code}`,
    title: STATUS_CODES[status],
    status,
    detail: expect.stringMatching(/^[A-Z"]/),
    instance: expect.stringMatching(/^\//),
    code,
    request_id: answer.headers.get('x-request-id'),
    ...(answer.body.errors !== undefined && { errors: expect.any(Array) }),
  });
  if (faults) expect(faultsOf(answer)).toEqual(faults);
}

/** Checks for an error of RFC 6749, section 5.2, that has the members of a problem beside it. */
export function expectOAuthError(answer: Answer, error: string, code: string, status = 400): void {
  expect(answer.body).toMatchObject({ error, code });
  expect(answer.body.error_description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/json(;|$)/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.body).toEqual({
    error,
    error_description: answer.body.detail.replaceAll('"', "'"),
    type: `urn:atrium:problem:${code}`,
    title: STATUS_CODES[status],
    status,
    detail: expect.stringMatching(/^[A-Z"]/),
    instance: expect.stringMatching(/^\/api\/v1\/auth\/\w+$/),
    code,
    request_id: answer.headers.get('x-request-id'),
    ...(answer.body.errors !== undefined && { errors: expect.any(Array) }),
  });
}

export function faultsOf(answer: Answer): Fault[] {
  const errors: { pointer: string; code: string; detail: string }[] = answer.body.errors ?? [];
  for (const { detail } of errors) expect(detail).toMatch(/^[A-Z].*\.$/s);
  return errors.map(({ pointer, code }) => [pointer, code]);
}

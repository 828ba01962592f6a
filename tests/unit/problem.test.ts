import { describe, expect, it } from 'vitest';
import { InvalidText, MissingScope, StorageUnavailable, VersionMismatch } from '../../src/kernel/errors.ts';
import { EmailTaken } from '../../src/modules/identity/domain/account-errors.ts';
import { InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import { PLATFORM_PROBLEMS, problemOf, RequestError } from '../../src/platform/http/problem.ts';

const REQUEST = { path: '/api/v1/posts', requestId: 'ticket' };

describe('the problem document', () => {
  it('of an error says what, where and with which ticket', () => {
    expect(problemOf(new VersionMismatch(), 412, REQUEST)).toEqual({
      problem: {
        type: 'urn:atrium:problem:concurrency.version_mismatch',
        title: 'Precondition Failed',
        status: 412,
        detail: expect.stringContaining('changed by somebody else'),
        instance: '/api/v1/posts',
        code: 'concurrency.version_mismatch',
        request_id: 'ticket',
      },
      headers: {},
    });
  });

  it('of a domain error names the field at fault', () => {
    const error = new InvalidText('text.length', 'title', 'It is too long.');
    expect(problemOf(error, 422, REQUEST).problem.errors).toEqual([
      { pointer: '/title', code: 'length', detail: 'It is too long.' },
    ]);
  });

  it('of a conflict has no field errors: the request was well-formed', () => {
    expect(problemOf(new EmailTaken(), 409, REQUEST).problem).not.toHaveProperty('errors');
  });

  it('of a request error has its field errors and headers', () => {
    const errors = [{ pointer: '/a', code: 'required', detail: 'It is required.' }];
    const error = new RequestError('request.invalid', 'Bad.', { errors, headers: { Accept: 'x' } });
    const { problem, headers } = problemOf(error, 422, REQUEST);
    expect(problem.errors).toEqual(errors);
    expect(headers).toEqual({ Accept: 'x' });
  });

  it('never shows the cause', () => {
    const error = new StorageUnavailable({ cause: new Error('password authentication failed') });
    expect(JSON.stringify(problemOf(error, 503, REQUEST))).not.toContain('password');
  });

  it.each([
    ['no token', new RequestError('request.unauthenticated', 'x'), 401, 'Bearer realm="atrium"'],
    ['a bad token', new InvalidToken(), 401, 'Bearer realm="atrium", error="invalid_token"'],
    [
      'a missing scope',
      new MissingScope('todos'),
      403,
      'Bearer realm="atrium", error="insufficient_scope", scope="todos"',
    ],
  ] as const)('of %s challenges as RFC 6750 wants', (_, error, status, challenge) => {
    expect(problemOf(error, status, REQUEST).headers).toEqual({ 'WWW-Authenticate': challenge });
  });

  it('of a storage that is gone says when to come back', () => {
    const { headers } = problemOf(new StorageUnavailable(), 503, REQUEST);
    expect(Number(headers['Retry-After'])).toBeGreaterThan(0);
  });

  it('has a status of its own for every code of the platform', () => {
    for (const [code, status] of Object.entries(PLATFORM_PROBLEMS)) {
      expect(status, code).toBeGreaterThanOrEqual(400);
      expect(status, code).toBeLessThan(600);
    }
  });
});

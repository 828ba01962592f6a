import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/platform/http/endpoint.ts';
import { type KeyedRequest, RepeatedRequests } from '../../src/platform/http/repeated-requests.ts';
import type { AnswerWork, StoredAnswer } from '../../src/platform/idempotency/stored-answers.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { TestClock } from '../support/test-clock.ts';

/** Places that are taken at once and never conflict. */
function workInMemory(): AnswerWork {
  const kept = new Map<string, StoredAnswer>();
  const answers: Parameters<Parameters<AnswerWork['run']>[0]>[0]['answers'] = {
    claim: async (id, { fingerprint }) => {
      const there = kept.get(id);
      if (!there) kept.set(id, { fingerprint, answer: '' });
      return there;
    },
    keep: async (id, answer) => {
      kept.set(id, { fingerprint: kept.get(id)?.fingerprint ?? '', answer });
    },
    removeExpired: async () => 0,
  };
  return { run: work => work({ answers, join: inner => inner() }) };
}

const request: KeyedRequest = { key: 'key', userId: UNKNOWN_ID, method: 'POST', path: '/a', body: {} };
const OK: Reply = { status: 200 };

describe('requests that are repeated in one process', () => {
  it('are told to come back where the first takes longer than they wait', async () => {
    const repeated = new RepeatedRequests(workInMemory(), new TestClock(), 1);
    const { promise: goOn, resolve: finish } = Promise.withResolvers<void>();
    const first = repeated.once(request, async () => {
      await goOn;
      return OK;
    });
    await expect(repeated.once(request, async () => OK)).rejects.toMatchObject({
      code: 'request.still_running',
      headers: { 'Retry-After': '2' },
    });
    finish();
    expect(await first).toEqual(OK);
    expect(await repeated.once(request, async () => OK)).toMatchObject({
      status: 200,
      headers: { 'Idempotency-Replayed': 'true' },
    });
  });

  it('are done where the first, which they waited for, has failed', async () => {
    const work = workInMemory();
    const rollingBack: AnswerWork = {
      run: inner => inner({ answers: { ...silent, claim: async () => undefined }, join: each => each() }),
    };
    const silent = await work.run(async ({ answers }) => answers);
    const repeated = new RepeatedRequests(rollingBack, new TestClock());
    const { promise: goOn, reject: fail } = Promise.withResolvers<Reply>();
    const first = repeated.once(request, () => goOn);
    const second = repeated.once(request, async () => OK);
    fail(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    expect(await second).toEqual(OK);
  });
});

import { RepeatedRequests } from '../../src/platform/http/repeated-requests.ts';
import type { AnswerWork } from '../../src/platform/idempotency/stored-answers.ts';
import { TestClock } from './test-clock.ts';

/** For servers that nobody sends an `Idempotency-Key` to. */
export function noRepeatedRequests(): RepeatedRequests {
  const work: AnswerWork = { run: () => Promise.reject(new Error('Nothing should be answered once.')) };
  return new RepeatedRequests(work, new TestClock());
}

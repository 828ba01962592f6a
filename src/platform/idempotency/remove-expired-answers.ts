import type { Clock } from '../../kernel/clock.ts';
import { removeAll } from '../../kernel/remove-all.ts';
import type { Log } from '../logging/log.ts';
import { RepeatedTask } from '../repeated-task.ts';
import type { AnswerWork } from './stored-answers.ts';

/** Milliseconds. */
const INTERVAL = 600_000;

/** Removes the answers that have expired, every ten minutes and a few at a time. */
export function removeExpiredAnswers(work: AnswerWork, clock: Clock, log: Log): RepeatedTask {
  return new RepeatedTask(
    signal => {
      const now = clock.now();
      return removeAll(limit => work.run(({ answers }) => answers.removeExpired(now, limit)), signal);
    },
    { name: 'remove expired answers', interval: INTERVAL },
    log,
  );
}

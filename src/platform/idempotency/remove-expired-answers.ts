import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../kernel/clock.ts';
import type { BackgroundService } from '../background-service.ts';
import type { Log } from '../logging/log.ts';
import type { AnswerWork } from './stored-answers.ts';

/** Milliseconds. */
const INTERVAL = 600_000;

/** Answers that are removed in one transaction. */
const PIECE = 500;

/** Removes the answers that have expired, every ten minutes and a few at a time. */
export class RemoveExpiredAnswers implements BackgroundService {
  private readonly work: AnswerWork;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(work: AnswerWork, clock: Clock, log: Log) {
    this.work = work;
    this.clock = clock;
    this.log = log;
  }

  async start(): Promise<void> {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  async removeExpired(): Promise<void> {
    const now = this.clock.now();
    const removePiece = () => this.work.run(({ answers }) => answers.removeExpired(now, PIECE));
    while (!this.stopping.signal.aborted && (await removePiece()) === PIECE);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await sleep(INTERVAL, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      await this.removeExpired().catch(error =>
        this.log.warn({ err: error }, 'Answers that have expired cannot be removed'),
      );
    }
  }
}

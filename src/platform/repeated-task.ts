import { setTimeout as sleep } from 'node:timers/promises';
import type { BackgroundService } from './background-service.ts';
import type { Log } from './logging/log.ts';

export interface RepeatedTaskOptions {
  /** What the log calls it. */
  readonly name: string;
  /** Milliseconds between the end of one run and the beginning of the next. */
  readonly interval: number;
}

/**
 * Does something when the server starts, and then again and again; the start does not wait for it. Several processes do it
 * beside each other, so that must do no harm.
 */
export class RepeatedTask implements BackgroundService {
  private readonly run: (signal: AbortSignal) => Promise<void>;
  private readonly options: RepeatedTaskOptions;
  private readonly log: Log;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(run: (signal: AbortSignal) => Promise<void>, options: RepeatedTaskOptions, log: Log) {
    this.run = run;
    this.options = options;
    this.log = log;
  }

  async start(): Promise<void> {
    this.running = this.repeat();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async repeat(): Promise<void> {
    const { signal } = this.stopping;
    const { name, interval } = this.options;
    while (!signal.aborted) {
      await this.run(signal).catch(error => {
        if (!signal.aborted)
          this.log.warn({ err: error, task: name }, 'A task failed and is done again later');
      });
      await sleep(interval, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../configuration/settings.ts';
import type { Log } from '../logging/log.ts';
import type { Peer } from './peer.ts';
import { STOP, type WorkerProcess } from './worker-process.ts';

/** Milliseconds. Nothing was wrong with the start of a worker that worked for so long. */
const STEADY = 10_000;

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 10_000;

/** When so many in a row in one place lived shortly and nobody works, there is no use in trying again. */
const MOST_FAILURES = 10;

export interface WorkersOptions {
  readonly count: number;
  readonly fork: () => WorkerProcess;
  /** Called with each new worker; what it returns is called when that has ended. */
  readonly join: (peer: Peer) => () => void;
  /** Milliseconds that workers get to stop before they are killed. */
  readonly stopTimeout: number;
  readonly log: Log;
  /** Milliseconds before a place is filled again whose last so many workers lived shortly. */
  readonly pause?: (failures: number) => number;
}

/** The workers of this host, as many as are wanted: one that ends is replaced. */
export class Workers {
  readonly count: number;
  /** Rejects with a StartError when no worker can be kept alive. */
  readonly givenUp: Promise<never>;
  /** How many took the place of one that ended. */
  replaced = 0;
  private readonly options: WorkersOptions;
  private readonly alive = new Set<WorkerProcess>();
  private readonly working = new Set<WorkerProcess>();
  private readonly stopping = new AbortController();
  private giveUp: (error: StartError) => void = () => undefined;

  constructor(options: WorkersOptions) {
    this.options = options;
    this.count = options.count;
    this.givenUp = new Promise((_, reject) => {
      this.giveUp = reject;
    });
    this.givenUp.catch(() => undefined);
  }

  /** Those that work. */
  get ready(): readonly Peer[] {
    return [...this.working].map(({ peer }) => peer);
  }

  /**
   * Starts one, which makes what is made only once, and then the others. Returns what the first one says.
   * @throws StartError when one of them cannot start
   */
  async start(): Promise<string> {
    const first = this.add();
    const said = await first.ready;
    const others = Array.from({ length: this.count - 1 }, () => this.add());
    await Promise.all(others.map(({ ready }) => ready));
    for (const worker of [first, ...others]) void this.keep(worker);
    return said;
  }

  /** Waits until all have finished what they do. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const { peer } of this.alive) peer.tell(STOP);
    const late = setTimeout(() => {
      this.options.log.error('Workers did not stop in time and are killed');
      this.kill();
    }, this.options.stopTimeout);
    await Promise.all([...this.alive].map(({ ended }) => ended));
    clearTimeout(late);
  }

  /** Ends all of them at once. */
  kill(): void {
    this.stopping.abort();
    for (const worker of this.alive) worker.kill();
  }

  private add(): WorkerProcess {
    if (this.stopping.signal.aborted) throw new StartError('It was stopped.');
    const worker = this.options.fork();
    const leave = this.options.join(worker.peer);
    this.alive.add(worker);
    worker.ready.then(
      () => this.working.add(worker),
      () => undefined,
    );
    void worker.ended.then(() => {
      this.alive.delete(worker);
      this.working.delete(worker);
      leave();
    });
    return worker;
  }

  /** Fills the place of a worker again whenever it is empty. */
  private async keep(first: WorkerProcess): Promise<void> {
    const { log, pause = pauseAfter } = this.options;
    const { signal } = this.stopping;
    let worker = first;
    let failures = 0;
    for (;;) {
      const { lived, why } = await endOf(worker);
      if (signal.aborted) return;
      failures = lived > STEADY ? 1 : failures + 1;
      log.error({ worker: worker.pid, reason: why }, 'A worker ended; another one takes its place');
      if (failures > MOST_FAILURES && this.working.size === 0)
        return this.giveUp(new StartError(`No worker stays alive. The last one: ${why}`));
      await sleep(pause(failures), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      worker = this.add();
      this.replaced += 1;
    }
  }
}

/** How long it worked, in milliseconds, and why not longer. */
async function endOf({
  ready,
  ended,
}: WorkerProcess): Promise<{ readonly lived: number; readonly why: string }> {
  try {
    await ready;
    const started = performance.now();
    const why = await ended;
    return { lived: performance.now() - started, why };
  } catch (error) {
    return { lived: 0, why: (error as Error).message };
  }
}

function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE);
}

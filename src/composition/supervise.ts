import { EventRelay } from '../platform/cluster/event-relay.ts';
import { MetricsOfWorkers } from '../platform/cluster/metrics-of-workers.ts';
import { ReadinessOfWorkers } from '../platform/cluster/readiness-of-workers.ts';
import { forkWorker } from '../platform/cluster/worker-process.ts';
import { Workers } from '../platform/cluster/workers.ts';
import type { Settings } from '../platform/configuration/settings.ts';
import { listenForOperator } from '../platform/http/management-app.ts';
import { CountingForWorkers } from '../platform/limits/ipc-limiters.ts';
import { memoryLimiters } from '../platform/limits/memory-limiters.ts';
import { createLog } from '../platform/logging/log.ts';

/** Milliseconds that workers get beside STOP_TIMEOUT, which their requests have, and their jobs after them. */
const STOP_MARGIN = 5000;

/** The workers of this host, and what the primary does for them. */
export interface Supervision {
  /** Waits until all workers work. Returns what one of them says. @throws StartError when one cannot start */
  start(): Promise<string>;
  /** Rejects with a StartError when no worker can be kept alive. */
  readonly givenUp: Promise<never>;
  /** Lets the workers finish their requests, for a bounded time. */
  stop(): Promise<void>;
  /** Ends all of them at once. */
  kill(): void;
}

/** @throws StartError when the management port cannot be had */
export async function supervise(settings: Settings): Promise<Supervision> {
  const { stopTimeout, rateLimitKeys } = settings;
  const relay = new EventRelay();
  const counting = new CountingForWorkers(memoryLimiters(rateLimitKeys));
  const environment: Record<string, string> = {};
  const workers = new Workers({
    count: settings.workers,
    fork: () => forkWorker(environment),
    join(peer) {
      counting.join(peer);
      return relay.join(peer);
    },
    stopTimeout: 2 * stopTimeout + STOP_MARGIN,
    log: await createLog(settings),
  });
  const health = new ReadinessOfWorkers(workers);
  const management = await listenForOperator(settings, health, new MetricsOfWorkers(workers));
  // Workers say where it is.
  environment.MANAGEMENT_PORT = String(management.port);
  return {
    start: () => workers.start(),
    givenUp: workers.givenUp,
    async stop() {
      health.stop();
      await workers.stop();
      await management.stop(stopTimeout);
    },
    kill: () => workers.kill(),
  };
}

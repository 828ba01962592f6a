import type { Readiness } from '../http/health.ts';
import type { Workers } from './workers.ts';

export const READINESS = 'readiness';

/** Milliseconds: longer than the checks themselves may take. */
const TIMEOUT = 3000;

const SERVING = new Set<Readiness['status']>(['ok', 'degraded']);

/** Whether the workers should get requests, as long as it is not told to `stop`. It belongs to the primary. */
export class ReadinessOfWorkers {
  private readonly workers: Workers;
  private stopping = false;

  constructor(workers: Workers) {
    this.workers = workers;
  }

  stop(): void {
    this.stopping = true;
  }

  /** A service with one worker that can work is ready; it is degraded where one is missing. */
  async readiness(): Promise<Readiness> {
    if (this.stopping) return { status: 'unavailable', checks: { server: 'stopping' } };
    const { ready, count } = this.workers;
    const asked = await Promise.allSettled(ready.map(worker => worker.ask(READINESS, null, TIMEOUT)));
    const answers = asked.flatMap(one => (one.status === 'fulfilled' ? [one.value as Readiness] : []));
    return joined(answers, count);
  }
}

function joined(answers: readonly Readiness[], count: number): Readiness {
  const checks: Record<string, string> = {};
  for (const answer of answers)
    for (const [name, outcome] of Object.entries(answer.checks))
      if (checks[name] === undefined || outcome !== 'ok') checks[name] = outcome;
  const serving = answers.filter(({ status }) => SERVING.has(status)).length;
  checks.workers = serving === count ? 'ok' : `${serving} of ${count}`;
  if (serving === 0) return { status: 'unavailable', checks };
  const isWhole = serving === count && answers.every(({ status }) => status === 'ok');
  return { status: isWhole ? 'ok' : 'degraded', checks };
}

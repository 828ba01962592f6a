/** By name. Each throws, or does not end, when what it stands for cannot be used. */
export type Checks = Readonly<Record<string, () => Promise<void>>>;

export interface Readiness {
  /** `degraded`: it works, without something that it can do without. */
  readonly status: 'ok' | 'degraded' | 'unavailable';
  readonly checks: Readonly<Record<string, string>>;
}

/** Whether the process should be restarted (`live`), and whether it should get requests now (`ready`). */
export class Health {
  private readonly needed: Checks;
  private readonly useful: Checks;
  private stopping = false;

  /** Without what is only useful the process is ready all the same. */
  constructor(needed: Checks, useful: Checks = {}) {
    this.needed = needed;
    this.useful = useful;
  }

  /** From now on it is alive, but gets no new requests. */
  stop(): void {
    this.stopping = true;
  }

  async readiness(): Promise<Readiness> {
    if (this.stopping) return { status: 'unavailable', checks: { server: 'stopping' } };
    const [needed, useful] = await Promise.all([outcomesOf(this.needed), outcomesOf(this.useful)]);
    const checks = { ...needed, ...useful };
    if (!isOk(needed)) return { status: 'unavailable', checks };
    return { status: isOk(useful) ? 'ok' : 'degraded', checks };
  }
}

type Outcomes = Readonly<Record<string, string>>;

function isOk(outcomes: Outcomes): boolean {
  return Object.values(outcomes).every(outcome => outcome === 'ok');
}

async function outcomesOf(checks: Checks): Promise<Outcomes> {
  const results = Object.entries(checks).map(
    async ([name, check]) => [name, await outcomeOf(check)] as const,
  );
  return Object.fromEntries(await Promise.all(results));
}

/** Milliseconds. A check that takes longer has failed. */
const CHECK_TIMEOUT = 2000;

async function outcomeOf(check: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>(resolve => {
    timer = setTimeout(() => resolve('timed out'), CHECK_TIMEOUT);
  });
  const outcome = check().then(
    () => 'ok',
    () => 'failed',
  );
  return Promise.race([outcome, late]).finally(() => clearTimeout(timer));
}

/** Whether the process should be restarted (`live`), and whether it should get requests now (`ready`). */
export class Health {
  private readonly checks: Readonly<Record<string, () => Promise<void>>>;
  private stopping = false;

  /** Each check throws, or does not end, when what it stands for cannot be used. */
  constructor(checks: Readonly<Record<string, () => Promise<void>>>) {
    this.checks = checks;
  }

  /** From now on it is alive, but gets no new requests. */
  stop(): void {
    this.stopping = true;
  }

  async readiness(): Promise<{ readonly ready: boolean; readonly checks: Readonly<Record<string, string>> }> {
    if (this.stopping) return { ready: false, checks: { server: 'stopping' } };
    const results = await Promise.all(
      Object.entries(this.checks).map(async ([name, check]) => [name, await outcomeOf(check)] as const),
    );
    return { ready: results.every(([, outcome]) => outcome === 'ok'), checks: Object.fromEntries(results) };
  }
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

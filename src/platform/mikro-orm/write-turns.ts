import { StorageUnavailable } from '../../kernel/errors.ts';

/** Lets one transaction at a time onto SQLite's one writing connection, and nobody wait for longer than `timeout` ms. */
export class WriteTurns {
  private readonly timeout: number;
  private readonly waiting = new Set<() => void>();
  private taken = false;

  constructor(timeout: number) {
    this.timeout = timeout;
  }

  /**
   * Waits for all who came before. Whoever got a turn ends it with `end`.
   * @throws StorageUnavailable when that takes too long
   */
  async take(): Promise<void> {
    if (this.taken) await this.wait();
    this.taken = true;
  }

  end(): void {
    const [next] = this.waiting;
    if (next) next();
    else this.taken = false;
  }

  private wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      const proceed = () => {
        clearTimeout(timer);
        this.waiting.delete(proceed);
        resolve();
      };
      const timer = setTimeout(() => {
        this.waiting.delete(proceed);
        reject(new StorageUnavailable());
      }, this.timeout);
      this.waiting.add(proceed);
    });
  }
}

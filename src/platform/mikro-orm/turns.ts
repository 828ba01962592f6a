import { StorageUnavailable } from '../../kernel/errors.ts';

/** Lets so many at a time onto SQLite's connections, and nobody wait for longer than `timeout` ms. */
export class Turns {
  private readonly timeout: number;
  private readonly waiting = new Set<() => void>();
  private free: number;

  constructor(places: number, timeout: number) {
    this.free = places;
    this.timeout = timeout;
  }

  /**
   * Waits for all who came before. Whoever got a turn ends it with `end`.
   * @throws StorageUnavailable when that takes too long
   */
  async take(): Promise<void> {
    if (this.free === 0) await this.wait();
    else this.free -= 1;
  }

  end(): void {
    const [next] = this.waiting;
    if (next) next();
    else this.free += 1;
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

import { StorageUnavailable } from '../../kernel/errors.ts';

/** Lets one transaction at a time onto SQLite's one writing connection, and nobody wait for longer than `timeout` ms. */
export class WriteTurns {
  private readonly timeout: number;
  private last: Promise<void> = Promise.resolve();

  constructor(timeout: number) {
    this.timeout = timeout;
  }

  /**
   * Waits for all who came before, and returns what ends the turn.
   * @throws StorageUnavailable when that takes too long
   */
  async take(): Promise<() => void> {
    const before = this.last;
    const { promise: mine, resolve: leave } = Promise.withResolvers<void>();
    this.last = before.then(() => mine);
    const { promise: late, resolve: giveUp } = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => giveUp('late'), this.timeout);
    const outcome = await Promise.race([before, late]);
    clearTimeout(timer);
    if (outcome !== 'late') return leave;
    leave();
    throw new StorageUnavailable();
  }
}

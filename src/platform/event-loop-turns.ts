import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds for which one piece of work after the other may keep everything else from being looked at. */
const PATIENCE = 10;

/**
 * Lets the event loop turn now and then between pieces of work that never wait for anything outside of the process. One after
 * the other they would otherwise keep the server from reading requests for as long as there are more of them.
 */
export class EventLoopTurns {
  private last = 0;

  /** To be awaited before each piece. */
  async give(): Promise<void> {
    if (performance.now() - this.last < PATIENCE) return;
    await nextTurn();
    this.last = performance.now();
  }
}

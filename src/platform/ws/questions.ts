/** Questions between two sweeps. */
const MOST = 2;

/**
 * How often it is asked whether somebody may still have a socket. What is asked too often waits for the next sweep: where two
 * tokens of one person say different things of them, each answer would lead to the next question.
 */
export class Questions {
  private asked = 0;
  private isWaiting = false;

  /** Whether it may be asked now; or it waits. */
  take(): boolean {
    this.asked += 1;
    this.isWaiting = this.asked > MOST;
    return !this.isWaiting;
  }

  /** At a sweep: whether one has waited for it. */
  next(): boolean {
    const { isWaiting } = this;
    this.asked = 0;
    this.isWaiting = false;
    return isWaiting;
  }
}

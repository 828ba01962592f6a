import { AsyncLocalStorage } from 'node:async_hooks';

/** A transaction that other work can become a part of. */
export interface Whole {
  /** Whether it was committed or rolled back. */
  readonly hasEnded: boolean;
  /** What a part of it threw, after which it cannot be committed. */
  failure: unknown;
}

/** The transaction that whatever is called inside of `run` is a part of, however deep, and without knowing. */
export class JoinedWork<W extends Whole> {
  private readonly local = new AsyncLocalStorage<W>();

  run<T>(whole: W, work: () => Promise<T>): Promise<T> {
    return this.local.run(whole, work);
  }

  /** None where it has ended: what was only begun inside goes on by itself. */
  get current(): W | undefined {
    const whole = this.local.getStore();
    return whole?.hasEnded ? undefined : whole;
  }
}

/** What fails in a part makes all of it fail, even where somebody catches the error: the part cannot be undone alone. */
export async function partOf<T>(whole: Whole, part: () => Promise<T>): Promise<T> {
  try {
    return await part();
  } catch (error) {
    whole.failure ??= error;
    throw error;
  }
}

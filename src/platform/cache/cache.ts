/** A moment in the order of the changes that a cache has heard of. */
export type Moment = number;

/**
 * Keeps what was made of rows until one of these rows is written. Each value has the tags (`tags.ts`) of what it is made
 * of. Nothing has to be there: what is not is made again.
 */
export interface Cache {
  /** What is kept under the key, if nothing that it is made of has changed since. */
  get<T>(key: string, tags: readonly string[]): T | undefined;
  /** To be asked before a value is made, so that a change meanwhile is not overlooked. */
  moment(): Moment;
  /** `size` in bytes, roughly. What is too large is not kept. */
  keep(key: string, value: object | number, made: { readonly at: Moment; readonly size: number }): void;
  /** Others write to the same storage without telling; the number is another one after they did. */
  watch(foreignChanges: () => number): void;
}

/** Keeps nothing, and hears of no changes: no moment is the same as another, so nothing that was begun before is good. */
export const NO_CACHE: Cache = {
  get: () => undefined,
  moment: () => Number.NaN,
  keep: () => undefined,
  watch: () => undefined,
};

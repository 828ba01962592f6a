/**
 * One transaction over the repositories `R` that a context declares for its work: everything that `work` did
 * is committed when it returns, and nothing is when it throws.
 *
 * A race that is lost to another writer throws `VersionMismatch`. With `retry`, `work` is run again from its
 * start instead, a bounded number of times, so it must have no effect outside its repositories.
 */
export interface UnitOfWork<R> {
  run<T>(work: (repositories: R) => Promise<T>, options?: { readonly retry?: boolean }): Promise<T>;
}

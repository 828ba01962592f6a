import type { UnitOfWork } from '../../kernel/unit-of-work.ts';
import { type ConstraintErrors, meaningOf } from '../unique-violation.ts';
import type { MemoryStore, MemoryTransaction } from './memory-store.ts';

/** The in-memory unit of work. Writers wait for each other, so there is no race to lose and nothing to retry. */
export class MemoryUnitOfWork<R> implements UnitOfWork<R> {
  private readonly store: MemoryStore;
  private readonly repositories: (transaction: MemoryTransaction) => R;
  private readonly constraints: ConstraintErrors;

  constructor(
    store: MemoryStore,
    repositories: (transaction: MemoryTransaction) => R,
    constraints: ConstraintErrors = {},
  ) {
    this.store = store;
    this.repositories = repositories;
    this.constraints = constraints;
  }

  async run<T>(work: (repositories: R) => Promise<T>): Promise<T> {
    try {
      return await this.store.transaction(transaction => work(this.repositories(transaction)));
    } catch (error) {
      throw meaningOf(error, this.constraints);
    }
  }
}

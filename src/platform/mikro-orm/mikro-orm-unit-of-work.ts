import { setTimeout as sleep } from 'node:timers/promises';
import { VersionMismatch } from '../../kernel/errors.ts';
import type { UnitOfWork } from '../../kernel/unit-of-work.ts';
import { type ConstraintErrors, meaningOf } from '../unique-violation.ts';
import type { Database } from './database.ts';
import { translateFailure } from './database-failure.ts';
import type { Transaction } from './transaction.ts';

/** Twenty writers of one row all succeed within this many tries: each round has one winner, and they spread out. */
const MAX_TRIES = 30;

/** The longest pause before a retry, in milliseconds. */
const MAX_PAUSE = 50;

/** The SQL unit of work: one database transaction, one identity map, both thrown away afterwards. */
export class MikroOrmUnitOfWork<R> implements UnitOfWork<R> {
  private readonly database: Database;
  private readonly repositories: (transaction: Transaction) => R;
  private readonly constraints: ConstraintErrors;

  constructor(
    database: Database,
    repositories: (transaction: Transaction) => R,
    constraints: ConstraintErrors = {},
  ) {
    this.database = database;
    this.repositories = repositories;
    this.constraints = constraints;
  }

  async run<T>(work: (repositories: R) => Promise<T>, { retry = false } = {}): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.database.transaction(transaction => work(this.repositories(transaction)));
      } catch (thrown) {
        const error = meaningOf(translateFailure(thrown), this.constraints);
        const isLost = error instanceof VersionMismatch;
        if (!retry || !isLost || tries === MAX_TRIES || this.database.isJoined) throw error;
        await sleep(Math.random() * Math.min(MAX_PAUSE, 2 ** tries));
      }
    }
  }
}

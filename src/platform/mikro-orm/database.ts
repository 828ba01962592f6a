import type { EntityManager, MikroORM } from '@mikro-orm/core';
import { sql } from 'kysely';
import { translatingFailures } from './database-failure.ts';
import type { SchemaStep } from './schema-step.ts';
import { queryBuilder, type StatementPreparer } from './statements.ts';
import { EntityWrites, Transaction } from './transaction.ts';

/** An open SQL database. */
export class Database {
  readonly orm: MikroORM;
  readonly reader: StatementPreparer;
  readonly steps: readonly SchemaStep[];
  readonly close: () => Promise<void>;
  private readonly writes: EntityWrites;
  private readonly pinging;

  constructor(
    orm: MikroORM,
    reader: StatementPreparer,
    steps: readonly SchemaStep[],
    close: () => Promise<void>,
  ) {
    this.orm = orm;
    this.reader = reader;
    this.steps = steps;
    this.close = close;
    this.writes = new EntityWrites(reader.dialect);
    this.pinging = reader.prepare(queryBuilder(reader.dialect).selectNoFrom(sql<number>`1`.as('one')));
  }

  /** Runs `work` in one transaction: all of it is committed when it returns, none of it when it throws. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const em: EntityManager = this.orm.em.fork();
    await em.begin();
    try {
      const result = await work(new Transaction(em, this.writes));
      await em.flush();
      await em.commit();
      return result;
    } catch (error) {
      await em.rollback().catch(() => undefined);
      throw error;
    }
  }

  /** Throws when the database cannot be read. */
  async ping(): Promise<void> {
    await translatingFailures(() => this.pinging.all({}));
  }
}

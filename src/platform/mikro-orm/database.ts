import type { EntityManager, MikroORM } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { SchemaStep } from './schema-step.ts';
import { queryBuilder, type StatementPreparer } from './statements.ts';
import { EntityWrites, Transaction } from './transaction.ts';
import type { WriteTurns } from './write-turns.ts';

export interface DatabaseParts {
  readonly orm: MikroORM;
  readonly reader: StatementPreparer;
  readonly steps: readonly SchemaStep[];
  /** Where only one can write at a time. */
  readonly turns?: WriteTurns;
  readonly close: () => Promise<void>;
}

/** An open SQL database. */
export class Database {
  readonly orm: MikroORM;
  readonly reader: StatementPreparer;
  readonly steps: readonly SchemaStep[];
  readonly close: () => Promise<void>;
  private readonly turns: WriteTurns | undefined;
  private readonly writes: EntityWrites;
  private readonly pinging;

  constructor({ orm, reader, steps, turns, close }: DatabaseParts) {
    this.orm = orm;
    this.reader = reader;
    this.steps = steps;
    this.turns = turns;
    this.close = close;
    this.writes = new EntityWrites(reader.dialect);
    this.pinging = reader.prepare(queryBuilder(reader.dialect).selectNoFrom(sql<number>`1`.as('one')));
  }

  /** Runs `work` in one transaction: all of it is committed when it returns, none of it when it throws. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const endTurn = await this.turns?.take();
    const em: EntityManager = this.orm.em.fork();
    try {
      await em.begin();
      const result = await work(new Transaction(em, this.writes));
      await em.flush();
      await em.commit();
      return result;
    } catch (error) {
      if (em.isInTransaction()) await em.rollback().catch(() => undefined);
      throw error;
    } finally {
      endTurn?.();
    }
  }

  /** Throws when the database cannot be read. */
  async ping(): Promise<void> {
    await this.pinging.all({});
  }
}

import type { MikroORM } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { SchemaStep } from './schema-step.ts';
import { queryBuilder, type StatementPreparer } from './statements.ts';
import { EntityWrites, Transaction } from './transaction.ts';
import type { Writer } from './write-transaction.ts';

export interface DatabaseParts {
  readonly orm: MikroORM;
  readonly reader: StatementPreparer;
  readonly steps: readonly SchemaStep[];
  readonly writer: Writer;
  readonly close: () => Promise<void>;
}

/** An open SQL database. */
export class Database {
  readonly orm: MikroORM;
  readonly reader: StatementPreparer;
  readonly steps: readonly SchemaStep[];
  readonly close: () => Promise<void>;
  private readonly writer: Writer;
  private readonly writes: EntityWrites;
  private readonly pinging;

  constructor({ orm, reader, steps, writer, close }: DatabaseParts) {
    this.orm = orm;
    this.reader = reader;
    this.steps = steps;
    this.writer = writer;
    this.close = close;
    this.writes = new EntityWrites(reader.dialect);
    this.pinging = reader.prepare(queryBuilder(reader.dialect).selectNoFrom(sql<number>`1`.as('one')));
  }

  /** Runs `work` in one transaction: all of it is committed when it returns, none of it when it throws. */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const connection = await this.writer.begin();
    try {
      const transaction = new Transaction(connection, this.orm.em, this.writes);
      const result = await work(transaction);
      await transaction.flush();
      await connection.commit();
      return result;
    } catch (error) {
      await connection.rollback();
      throw error;
    }
  }

  /** Throws when the database cannot be read. */
  async ping(): Promise<void> {
    await this.pinging.all({});
  }
}

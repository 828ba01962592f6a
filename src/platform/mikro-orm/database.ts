import type { MikroORM } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { EventBus } from '../../kernel/events.ts';
import type { SchemaStep } from './schema-step.ts';
import type { SqliteSnapshots } from './sqlite-snapshots.ts';
import { queryBuilder, type StatementPreparer } from './statements.ts';
import { EntityWrites, Transaction } from './transaction.ts';
import type { Writer, WriteTransaction } from './write-transaction.ts';

export interface DatabaseParts {
  readonly orm: MikroORM;
  readonly reader: StatementPreparer;
  readonly steps: readonly SchemaStep[];
  readonly writer: Writer;
  readonly snapshots?: SqliteSnapshots;
  readonly events: EventBus;
  readonly close: () => Promise<void>;
}

/** An open SQL database. */
export class Database {
  readonly orm: MikroORM;
  readonly reader: StatementPreparer;
  readonly steps: readonly SchemaStep[];
  /** For reads that take long, where a statement that takes long would stop the process: on SQLite. */
  readonly snapshots: SqliteSnapshots | undefined;
  readonly close: () => Promise<void>;
  private readonly writer: Writer;
  private readonly events: EventBus;
  private readonly writes: EntityWrites;
  private readonly pinging;

  constructor({ orm, reader, steps, writer, snapshots, events, close }: DatabaseParts) {
    this.orm = orm;
    this.reader = reader;
    this.steps = steps;
    this.writer = writer;
    this.snapshots = snapshots;
    this.events = events;
    this.close = close;
    this.writes = new EntityWrites(reader.dialect);
    this.pinging = reader.prepare(queryBuilder(reader.dialect).selectNoFrom(sql<number>`1`.as('one')));
  }

  /**
   * Runs `work` in one transaction: all of it is committed when it returns, none of it when it throws. Its events are
   * published after the commit.
   */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const connection = await this.writer.begin();
    const transaction = new Transaction(connection, this.orm.em, this.writes);
    const result = await this.committed(connection, async () => {
      const value = await work(transaction);
      await transaction.flush();
      return value;
    });
    transaction.events.publishTo(this.events);
    return result;
  }

  private async committed<T>(connection: WriteTransaction, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
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

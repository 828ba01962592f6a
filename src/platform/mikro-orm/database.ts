import type { MikroORM } from '@mikro-orm/core';
import { sql } from 'kysely';
import type { EventBus } from '../../kernel/events.ts';
import { partOf } from '../joined-work.ts';
import { ChangeRecorder } from './change-recorder.ts';
import { EntityWrites } from './entity-writes.ts';
import { JoinedTransaction } from './joined-transaction.ts';
import type { SchemaStep } from './schema-step.ts';
import type { SqliteSnapshots } from './sqlite-snapshots.ts';
import { queryBuilder, type StatementPreparer } from './statements.ts';
import { Transaction, type TransactionParts } from './transaction.ts';
import { untilItEnds, type Writer, type WriteTransaction } from './write-transaction.ts';

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
  private readonly parts: TransactionParts;
  private readonly joined = new JoinedTransaction();
  private readonly pinging;

  constructor({ orm, reader, steps, writer, snapshots, events, close }: DatabaseParts) {
    this.orm = orm;
    this.reader = this.joined.readerOr(reader);
    this.steps = steps;
    this.writer = writer;
    this.snapshots = snapshots;
    this.events = events;
    this.close = close;
    const recorder = new ChangeRecorder();
    orm.em.getEventManager().registerSubscriber(recorder);
    this.parts = { root: orm.em, writes: new EntityWrites(reader.dialect), recorder };
    this.pinging = reader.prepare(queryBuilder(reader.dialect).selectNoFrom(sql<number>`1`.as('one')));
  }

  /**
   * Runs `work` in one transaction: all of it is committed when it returns, none of it when it throws. Its events are
   * published after the commit. Inside of `join` it is a part of the transaction there.
   */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const { current } = this.joined;
    if (current) return partOf(current, () => flushed(current, work));
    const connection = untilItEnds(await this.writer.begin());
    const transaction = new Transaction(connection, this.parts);
    const result = await this.committed(connection, () => flushed(transaction, work));
    transaction.changes.publishTo(this.events);
    transaction.events.publishTo(this.events);
    return result;
  }

  /** Makes all transactions and reads inside of `work` a part of this transaction. */
  join<T>(transaction: Transaction, work: () => Promise<T>): Promise<T> {
    return this.joined.run(transaction, work);
  }

  /** Whether what is done now is a part of a transaction that was begun elsewhere, which alone can be tried again. */
  get isJoined(): boolean {
    return this.joined.current !== undefined;
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

async function flushed<T>(
  transaction: Transaction,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  const value = await work(transaction);
  if (transaction.failure) throw transaction.failure;
  await transaction.flush();
  return value;
}

import { isDeepStrictEqual } from 'node:util';
import {
  type EntityManager,
  type EntityName,
  type FilterQuery,
  type FindOptions,
  LockMode,
  type QueryOrderMap,
} from '@mikro-orm/core';
import type { CompiledQuery, Expression, ExpressionBuilder, SqlBool } from 'kysely';
import { VersionMismatch } from '../../kernel/errors.ts';
import { ChangedRows } from '../cache/tags.ts';
import { RecordedEvents } from '../events/recorded-events.ts';
import type { Whole } from '../joined-work.ts';
import { type ChangeRecorder, writtenTable } from './change-recorder.ts';
import type { EntityWrites } from './entity-writes.ts';
import { type AnyTables, queryBuilder, type SqlRow, type SqlValue } from './statements.ts';
import type { EndingTransaction } from './write-transaction.ts';

interface Versioned {
  readonly id: string;
  readonly version: number;
}

const LOCK = { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true } as const;

interface Addition {
  readonly entity: Versioned;
  readonly row: Record<string, unknown>;
}

/** What all transactions of a database share. */
export interface TransactionParts {
  readonly root: EntityManager;
  readonly writes: EntityWrites;
  readonly recorder: ChangeRecorder;
}

/**
 * What repositories do inside one transaction. What is loaded is tracked by the ORM, which writes its changes
 * with a check of the version when the work ends. What is added or removed is written at once, by a statement
 * that is compiled once per entity: the ORM's own insert cost three times as much (docs/decisions.md). Work that
 * only adds does not meet the ORM.
 */
export class Transaction implements Whole {
  readonly events = new RecordedEvents();
  readonly changes = new ChangedRows();
  failure: unknown;
  private readonly connection: EndingTransaction;
  private readonly root: EntityManager;
  private readonly writes: EntityWrites;
  private readonly recorder: ChangeRecorder;
  private readonly additions: Addition[] = [];
  private fork: EntityManager | undefined;

  constructor(connection: EndingTransaction, { root, writes, recorder }: TransactionParts) {
    this.connection = connection;
    this.root = root;
    this.writes = writes;
    this.recorder = recorder;
  }

  get hasEnded(): boolean {
    return this.connection.hasEnded;
  }

  /** Nothing has U+0000 in it, so what is looked for by such a text is not there; the drivers would throw. */
  async find<T extends Versioned>(
    entity: EntityName<T>,
    where: FilterQuery<T>,
    options: FindOptions<T> = {},
  ): Promise<T | undefined> {
    if (Object.values(where).some(value => typeof value === 'string' && value.includes('\0')))
      return undefined;
    const [found] = await this.em.find(entity, where as never, { ...options, limit: 1 } as FindOptions<T>);
    return found as T | undefined;
  }

  /** Finds, and locks the row until the end of the transaction. On SQLite whoever writes waits anyway. */
  lock<T extends Versioned>(entity: EntityName<T>, where: FilterQuery<T>): Promise<T | undefined> {
    return this.find(entity, where, LOCK);
  }

  async findAll<T extends Versioned>(
    entity: EntityName<T>,
    where: FilterQuery<T>,
    orderBy: QueryOrderMap<T>,
    options: FindOptions<T> = {},
  ): Promise<readonly T[]> {
    return (await this.em.find(entity, where as never, { ...options, orderBy } as FindOptions<T>)) as T[];
  }

  lockAll<T extends Versioned>(
    entity: EntityName<T>,
    where: FilterQuery<T>,
    orderBy: QueryOrderMap<T>,
  ): Promise<readonly T[]> {
    return this.findAll(entity, where, orderBy, LOCK);
  }

  /** For rows that are no entities: what is only ever appended. Returns how many rows were changed. */
  execute(query: { compile(): CompiledQuery }): Promise<number> {
    const { sql, parameters, query: node } = query.compile();
    this.changes.add(writtenTable(node));
    return this.connection.run(sql, parameters);
  }

  /** A statement that writes to one table, and is prepared by its text. Returns how many rows were changed. */
  run(table: string, sql: string, values: readonly unknown[]): Promise<number> {
    this.changes.add(table);
    return this.connection.run(sql, values);
  }

  /** A statement that returns rows. */
  query(sql: string, values: readonly unknown[]): Promise<readonly object[]> {
    return this.connection.query(sql, values);
  }

  /** The same, with each row as the list of its values. */
  rows(sql: string, values: readonly unknown[]): Promise<readonly SqlRow[]> {
    return this.connection.rows(sql, values);
  }

  async add<T extends Versioned>(entity: T): Promise<void> {
    const { table, insert, columns, comparator } = this.writes.of(this.root, entity);
    this.changes.add(table, entity);
    const row = comparator.prepareEntity(entity) as Record<string, unknown>;
    const values = columns.map(({ property }) => row[property] ?? entity[property as keyof T] ?? null);
    await this.connection.run(insert, values);
    this.additions.push({ entity, row });
    if (this.fork) track(this.fork, { entity, row });
  }

  /** Adds many of one class at once. They are not tracked: what is changed about them afterwards is not written. */
  async addAll<T extends Versioned>(entities: readonly T[]): Promise<void> {
    const [first] = entities;
    if (!first) return;
    const { table } = this.writes.of(this.root, first);
    for (const entity of entities) this.changes.add(table, entity);
    const insertAll = this.writes.bulkOf(this.root, first);
    await insertAll(this.connection, entities as readonly Readonly<Record<string, unknown>>[]);
  }

  async remove<T extends Versioned>(entity: T): Promise<void> {
    const { table, remove } = this.writes.of(this.root, entity);
    this.changes.add(table, entity);
    if ((await this.connection.run(remove, [entity.id, entity.version])) !== 1) throw new VersionMismatch();
    this.em.getUnitOfWork().unsetIdentity(entity);
  }

  /** Removes at most so many rows of a table that have these values, unseen; returns how many. None of them is loaded. */
  removeSome(table: string, values: Readonly<Record<string, SqlValue>>, limit: number): Promise<number> {
    return this.removeSomeWhere(table, ({ and }) => and(values), limit);
  }

  /** The same of those that fulfil a condition. */
  removeSomeWhere(
    table: string,
    isMeant: (builder: ExpressionBuilder<AnyTables, string>) => Expression<SqlBool>,
    limit: number,
  ): Promise<number> {
    const builder = queryBuilder(this.writes.dialect);
    const some = builder.selectFrom(table).select('id').where(isMeant).limit(limit);
    return this.execute(builder.deleteFrom(table).where('id', 'in', some));
  }

  /** Writes what has changed since it was loaded or added. */
  async flush(): Promise<void> {
    if (this.fork || this.additions.some(addition => this.hasChanged(addition))) await this.em.flush();
  }

  /** The ORM, from the first need of it. It knows what was added before. */
  private get em(): EntityManager {
    if (!this.fork) {
      this.fork = this.root.fork();
      this.fork.setTransactionContext(this.connection.ormContext);
      this.recorder.follow(this.fork, this.changes);
      for (const addition of this.additions) track(this.fork, addition);
    }
    return this.fork;
  }

  private hasChanged({ entity, row }: Addition): boolean {
    const now = this.writes.of(this.root, entity).comparator.prepareEntity(entity) as Record<string, unknown>;
    return !isDeepStrictEqual(now, row);
  }
}

function track(em: EntityManager, { entity, row }: Addition): void {
  em.getUnitOfWork().register(entity, row as never, { refresh: true });
}

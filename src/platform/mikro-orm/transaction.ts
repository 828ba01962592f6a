import type {
  EntityComparator,
  EntityManager,
  EntityMetadata,
  EntityName,
  FilterQuery,
  FindOptions,
  QueryOrderMap,
} from '@mikro-orm/core';
import { CompiledQuery, type Transaction as KyselyTransaction } from 'kysely';
import { VersionMismatch } from '../../kernel/errors.ts';
import { type AnyTables, type Dialect, queryBuilder, Slot } from './statements.ts';

interface Versioned {
  readonly id: string;
  readonly version: number;
}

/**
 * What repositories do inside one transaction. What is loaded is tracked by the ORM, which writes its changes
 * with a check of the version when the work ends. What is added or removed is written at once, by a statement
 * that is compiled once per entity: the ORM's own insert cost three times as much (docs/decisions.md).
 */
export class Transaction {
  private readonly em: EntityManager;
  private readonly writes: EntityWrites;

  constructor(em: EntityManager, writes: EntityWrites) {
    this.em = em;
    this.writes = writes;
  }

  /** Nothing has U+0000 in it, so what is looked for by such a text is not there; the drivers would throw. */
  async find<T extends Versioned>(entity: EntityName<T>, where: FilterQuery<T>): Promise<T | undefined> {
    if (Object.values(where).some(value => typeof value === 'string' && value.includes('\0')))
      return undefined;
    const [found] = await this.em.find(entity, where as never, { limit: 1 });
    return found as T | undefined;
  }

  async all<T extends Versioned>(entity: EntityName<T>, orderBy: QueryOrderMap<T>): Promise<readonly T[]> {
    return (await this.em.find(entity, {}, { orderBy } as FindOptions<T>)) as T[];
  }

  async add<T extends Versioned>(entity: T): Promise<void> {
    const write = this.writes.of(this.em, entity);
    const row = write.comparator.prepareEntity(entity) as Record<string, unknown>;
    const values = write.columns.map(({ property }) => row[property] ?? entity[property as keyof T] ?? null);
    await this.run(write.insert, values);
    this.em.getUnitOfWork().register(entity, row as never, { refresh: true });
  }

  async remove<T extends Versioned>(entity: T): Promise<void> {
    const { numAffectedRows } = await this.run(this.writes.of(this.em, entity).remove, [
      entity.id,
      entity.version,
    ]);
    if (numAffectedRows !== 1n) throw new VersionMismatch();
    this.em.getUnitOfWork().unsetIdentity(entity);
  }

  private run(sql: string, values: readonly unknown[]) {
    const transaction = this.em.getTransactionContext<KyselyTransaction<AnyTables>>();
    if (!transaction) throw new Error('There is no transaction to write in.');
    return transaction.executeQuery(CompiledQuery.raw(sql, [...values]));
  }
}

interface EntityWrite {
  readonly insert: string;
  readonly remove: string;
  readonly columns: readonly { readonly property: string; readonly column: string }[];
  readonly comparator: EntityComparator;
}

/** The insert and delete statements of each mapped class, compiled when they are first used. */
export class EntityWrites {
  private readonly known = new Map<unknown, EntityWrite>();
  private readonly dialect: Dialect;

  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  of(em: EntityManager, entity: object): EntityWrite {
    const known = this.known.get(entity.constructor);
    if (known) return known;
    const meta = em.getMetadata().get(entity.constructor as EntityName<object>);
    const write = this.compile(meta, em.getComparator());
    this.known.set(entity.constructor, write);
    return write;
  }

  private compile(meta: EntityMetadata, comparator: EntityComparator): EntityWrite {
    const columns = meta.props
      .filter(({ persist }) => persist !== false)
      .map(({ name, fieldNames }) => ({ property: name as string, column: fieldNames[0] as string }));
    const builder = queryBuilder(this.dialect);
    const slots = Object.fromEntries(
      columns.map(({ column, property }) => [column, new Slot(property) as never]),
    );
    const insert = builder.insertInto(meta.tableName).values(slots).compile();
    const remove = builder
      .deleteFrom(meta.tableName)
      .where('id', '=', new Slot('id') as never)
      .where('version', '=', new Slot('version') as never)
      .compile();
    return { insert: insert.sql, remove: remove.sql, columns, comparator };
  }
}

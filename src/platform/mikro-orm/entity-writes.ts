import type { EntityComparator, EntityManager, EntityMetadata, EntityName } from '@mikro-orm/core';
import { type BulkInsert, bulkInsert, type Insertion } from './bulk-insert.ts';
import { type Dialect, queryBuilder, Slot } from './statements.ts';

interface EntityWrite extends Insertion {
  readonly remove: string;
  readonly comparator: EntityComparator;
}

/** The insert and delete statements of each mapped class, compiled when they are first used. */
export class EntityWrites {
  readonly dialect: Dialect;
  private readonly known = new Map<unknown, EntityWrite>();
  private readonly knownBulk = new Map<unknown, BulkInsert>();

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

  bulkOf(em: EntityManager, entity: object): BulkInsert {
    const known = this.knownBulk.get(entity.constructor);
    if (known) return known;
    const insert = bulkInsert(this.of(em, entity), this.dialect);
    this.knownBulk.set(entity.constructor, insert);
    return insert;
  }

  private compile(meta: EntityMetadata, comparator: EntityComparator): EntityWrite {
    const columns = meta.props
      .filter(({ persist }) => persist !== false)
      .map(({ name, fieldNames, type }) => ({
        property: name as string,
        column: fieldNames[0] as string,
        type,
      }));
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
    return { table: meta.tableName, insert: insert.sql, remove: remove.sql, columns, comparator };
  }
}

import { isDeepStrictEqual } from 'node:util';
import { VersionMismatch } from '../../kernel/errors.ts';
import type { ChangedRows } from '../cache/tags.ts';
import { UniqueViolation } from '../unique-violation.ts';
import type { Rows } from './joined-drafts.ts';
import type { MemoryCollection, Stored } from './memory-collection.ts';

/** A collection as one transaction sees and changes it. Until `commit` nobody else sees any of it. */
export class CollectionDraft<T extends Stored> implements Rows<T> {
  private readonly collection: MemoryCollection<T>;
  private readonly changes = new Map<string, T | undefined>();
  private readonly loaded = new Map<string, T>();

  constructor(collection: MemoryCollection<T>) {
    this.collection = collection;
  }

  /** The entity with this id: the same object for the same id throughout the transaction. */
  async get(id: string): Promise<T | undefined> {
    const row = this.row(id);
    if (!row) return undefined;
    const entity = this.loaded.get(id) ?? copyOf(row);
    this.loaded.set(id, entity);
    return entity;
  }

  async holding(constraint: string, key: string): Promise<T | undefined> {
    const id = this.holder(constraint, key);
    return id === undefined ? undefined : this.get(id);
  }

  async first(matches: (row: T) => boolean): Promise<T | undefined> {
    const row = this.rows().find(matches);
    return row && this.get(row.id);
  }

  async filter(matches: (row: T) => boolean): Promise<T[]> {
    const entities = await Promise.all(
      this.rows()
        .filter(matches)
        .map(({ id }) => this.get(id)),
    );
    return entities as T[];
  }

  all(): Promise<T[]> {
    return this.filter(() => true);
  }

  async add(entity: T): Promise<void> {
    if (this.row(entity.id)) throw new UniqueViolation(`${this.collection.name}_pkey`);
    this.put(entity);
    this.loaded.set(entity.id, entity);
  }

  async addAll(entities: readonly T[]): Promise<void> {
    for (const entity of entities) await this.add(entity);
  }

  async remove(entity: T): Promise<void> {
    if (this.row(entity.id)?.version !== entity.version) throw new VersionMismatch();
    this.changes.set(entity.id, undefined);
    this.loaded.delete(entity.id);
  }

  /** Removes at most so many rows that match, and returns how many. */
  async removeSome(matches: (row: T) => boolean, limit: number): Promise<number> {
    const rows = this.rows().filter(matches).slice(0, limit);
    for (const { id } of rows) {
      this.changes.set(id, undefined);
      this.loaded.delete(id);
    }
    return rows.length;
  }

  /** Changes a row past its version, as a statement of SQL does that nobody is to lose a race against. */
  revise(id: string, change: Partial<T>): void {
    const row = this.row(id);
    if (row) this.put(Object.assign(copyOf(row), change));
    const entity = this.loaded.get(id);
    if (entity) Object.assign(entity, change);
  }

  /** Writes what was changed on loaded entities, each with its next version. */
  flush(): void {
    for (const [id, entity] of this.loaded) {
      if (isDeepStrictEqual(entity, this.row(id))) continue;
      Object.assign(entity, { version: entity.version + 1 });
      this.put(entity);
    }
  }

  /** Whose rows were changed, before they are. */
  tellChanges(changes: ChangedRows): void {
    for (const [id, row] of this.changes)
      changes.add(this.collection.name, row ?? this.collection.committed.row(id));
  }

  commit(): void {
    this.collection.apply(this.changes);
  }

  row(id: string): T | undefined {
    return this.changes.has(id) ? this.changes.get(id) : this.collection.committed.row(id);
  }

  rows(): T[] {
    const untouched = [...this.collection.committed.rows()].filter(({ id }) => !this.changes.has(id));
    return [...untouched, ...this.changes.values()].filter(row => row !== undefined);
  }

  private put(entity: T): void {
    for (const [constraint, keyOf] of Object.entries(this.collection.unique)) {
      const key = keyOf(entity);
      if (key === null || key === undefined) continue;
      const holder = this.holder(constraint, key);
      if (holder !== undefined && holder !== entity.id) throw new UniqueViolation(constraint);
    }
    this.changes.set(entity.id, copyOf(entity));
  }

  holder(constraint: string, key: string): string | undefined {
    const keyOf = this.collection.unique[constraint];
    for (const [id, row] of this.changes) if (row && keyOf?.(row) === key) return id;
    const id = this.collection.committed.holder(constraint, key);
    return id === undefined || this.changes.has(id) ? undefined : id;
  }
}

/** A copy of the same class; dates, sets, arrays and plain objects inside it are copied too. */
function copyOf<T extends object>(entity: T): T {
  return Object.assign(Object.create(Object.getPrototypeOf(entity)), structuredClone({ ...entity }));
}

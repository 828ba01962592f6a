import { joinedDrafts, type Rows } from './joined-drafts.ts';

/** What an entity needs so that a collection can keep it. */
export interface Stored {
  readonly id: string;
  readonly version: number;
}

/** Unique constraint name → the value that must be unique; null and undefined never collide, as in SQL. */
export type UniqueRules<T> = Readonly<Record<string, (entity: T) => string | null | undefined>>;

/** One kind of entity, by id. What is in it is never handed out itself, only copies. */
export class MemoryCollection<T extends Stored> {
  /** The table's name in SQL, so that constraints have the same names here and there. */
  readonly name: string;
  readonly unique: UniqueRules<T>;
  private readonly byId = new Map<string, T>();
  private readonly holders = new Map<string, Map<string, string>>();
  /** What has been committed, which drafts are made of. */
  readonly committed: Rows<T> = {
    row: id => this.byId.get(id),
    rows: () => this.byId.values(),
    holder: (constraint, key) => this.holders.get(constraint)?.get(key),
  };

  constructor(name: string, unique: UniqueRules<T> = {}) {
    this.name = name;
    this.unique = unique;
    for (const constraint of Object.keys(unique)) this.holders.set(constraint, new Map());
  }

  /** The stored row itself: for reading only. */
  row(id: string): T | undefined {
    return this.seen.row(id);
  }

  /** The stored rows themselves: for reading only. */
  rows(): Iterable<T> {
    return this.seen.rows();
  }

  /** The id of the row that holds `key` under a unique constraint. */
  holder(constraint: string, key: string): string | undefined {
    return this.seen.holder(constraint, key);
  }

  /** What was committed, or where this is a part of a transaction, what it has made of that. */
  private get seen(): Rows<T> {
    return (joinedDrafts.current?.draftIn(this) as Rows<T> | undefined) ?? this.committed;
  }

  /** Applies what one transaction changed: the new row, or undefined for one that it removed. */
  apply(changes: ReadonlyMap<string, T | undefined>): void {
    for (const id of changes.keys()) this.drop(id);
    for (const row of changes.values()) if (row) this.put(row);
  }

  private drop(id: string): void {
    const row = this.byId.get(id);
    if (row) this.eachKey(row, (holders, key) => holders.delete(key));
    this.byId.delete(id);
  }

  private put(row: T): void {
    this.byId.set(row.id, row);
    this.eachKey(row, (holders, key) => holders.set(key, row.id));
  }

  private eachKey(row: T, visit: (holders: Map<string, string>, key: string) => void): void {
    for (const [constraint, holders] of this.holders) {
      const key = this.unique[constraint]?.(row);
      if (key !== null && key !== undefined) visit(holders, key);
    }
  }
}

import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { ListSpec } from '../../kernel/list.ts';
import { filterCondition, withoutIndex } from './list-filters.ts';
import type { Shape } from './list-shape.ts';
import type { ReadModelSource } from './read-model-source.ts';
import { type AnyTables, type Dialect, slot } from './statements.ts';
import { isSeenThrough, isVisible } from './visible-rows.ts';

export type Filtered = ExpressionBuilder<AnyTables, string>;

/** What a list's shape asks of its rows, as conditions whose values are slots. */
export class ListConditions<View> {
  private readonly source: ReadModelSource<View>;
  private readonly spec: ListSpec<View>;
  private readonly dialect: Dialect;

  constructor(source: ReadModelSource<View>, spec: ListSpec<View>, dialect: Dialect) {
    this.source = source;
    this.spec = spec;
    this.dialect = dialect;
  }

  /** The rows that are asked for: those that are seen, after the place where the page before ended. */
  placed(builder: Filtered, shape: Shape): Expression<SqlBool>[] {
    return [...this.seen(builder, shape), ...this.after(shape)];
  }

  seen(builder: Filtered, shape: Shape): Expression<SqlBool>[] {
    const { visibility, seenThrough } = this.source;
    const matching = this.matching(shape);
    if (visibility) return [...matching, isVisible(builder, visibility, this.dialect, shape.teams)];
    return seenThrough ? [...matching, isSeenThrough(seenThrough, this.dialect)] : matching;
  }

  /** The same without asking who sees them. */
  filtered(shape: Shape): Expression<SqlBool>[] {
    return [...this.matching(shape), ...this.after(shape)];
  }

  private after(shape: Shape): Expression<SqlBool>[] {
    if (shape.from !== 'row') return [];
    const [sortColumn] = orderOf(this.source, this.spec, shape);
    const place = sql`${sql.ref(sortColumn)}, ${sql.ref(`${this.source.table}.id`)}`;
    const operator = sql.raw(shape.sort.descending ? '<' : '>');
    return [sql<SqlBool>`(${place}) ${operator} (${slot('after_value')}, ${slot('after_id')})`];
  }

  private matching({ filters, search }: Shape): Expression<SqlBool>[] {
    // SQLite, which does not know how few rows words leave, would read all that a filter lets through instead.
    const as = search && this.dialect === 'sqlite' ? withoutIndex : undefined;
    const conditions = filters.map(name => filterCondition(this.spec, this.source, name, as));
    return search ? [...conditions, this.searchCondition()] : conditions;
  }

  private searchCondition(): Expression<SqlBool> {
    const index = this.source.search;
    if (!index) throw new Error(`${this.source.table} cannot be searched.`);
    if (this.dialect === 'postgresql')
      return sql<SqlBool>`${sql.ref(index.vector)} @@ cast(cast(${slot('words')} as text) as tsquery)`;
    const fts = sql.ref(index.ftsTable);
    return sql<SqlBool>`${sql.ref(index.rowId)} in (select rowid from ${fts} where ${fts} match ${slot('words')})`;
  }
}

export function orderOf<View>(
  { table, columns }: ReadModelSource<View>,
  { sorts }: ListSpec<View>,
  { sort }: Pick<Shape, 'sort'>,
): [column: string, direction: 'asc' | 'desc'] {
  const field = sorts[sort.key];
  if (!field) throw new Error(`${table} cannot be sorted by "${sort.key}".`);
  return [columns[field].expression, sort.descending ? 'desc' : 'asc'];
}

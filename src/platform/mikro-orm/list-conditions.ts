import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { FilterMatch, ListSpec } from '../../kernel/list.ts';
import type { Shape } from './list-shape.ts';
import type { Column, ReadModelSource } from './read-model-source.ts';
import { type AnyTables, type Dialect, type SqlValue, slot } from './statements.ts';
import { isVisible } from './visible-rows.ts';

const OPERATORS: Readonly<Record<FilterMatch, '=' | '>=' | '<'>> = { equals: '=', from: '>=', before: '<' };

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
    const { visibility } = this.source;
    const matching = this.matching(builder, shape);
    return visibility ? [...matching, isVisible(builder, visibility, this.dialect)] : matching;
  }

  filtered(builder: Filtered, shape: Shape): Expression<SqlBool>[] {
    return [...this.matching(builder, shape), ...this.after(shape)];
  }

  private after(shape: Shape): Expression<SqlBool>[] {
    if (shape.from !== 'row') return [];
    const [sortColumn] = orderOf(this.source, this.spec, shape);
    const place = sql`${sql.ref(sortColumn)}, ${sql.ref(`${this.source.table}.id`)}`;
    const operator = sql.raw(shape.sort.descending ? '<' : '>');
    return [sql<SqlBool>`(${place}) ${operator} (${slot('after_value')}, ${slot('after_id')})`];
  }

  private matching(builder: Filtered, { filters, search }: Shape): Expression<SqlBool>[] {
    const conditions: Expression<SqlBool>[] = filters.map(name => {
      const filter = this.spec.filters[name];
      if (!filter) throw new Error(`${this.source.table} has no filter "${name}".`);
      const { expression } = (this.source.columns as Record<string, Column>)[filter.field] as Column;
      const column = search ? this.withoutIndex(expression) : sql.ref<SqlValue>(expression);
      return builder(column, OPERATORS[filter.match], slot<SqlValue>(`where_${name}`));
    });
    if (search) conditions.push(this.searchCondition());
    return conditions;
  }

  /** SQLite, which does not know how few rows words leave, would read all that a filter lets through instead. */
  private withoutIndex(expression: string): Expression<SqlValue> {
    const column = sql.ref<SqlValue>(expression);
    return this.dialect === 'sqlite' ? sql<SqlValue>`+${column}` : column;
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

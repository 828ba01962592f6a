import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type { ListQuery, ListSpec, Page, Paging, Position, Sort } from '../../kernel/list.ts';
import { EARLIEST } from '../../kernel/time-bounds.ts';
import { filterCondition, filtersOf, filterValues, withoutIndex } from './list-filters.ts';
import {
  type ReadModelSource,
  type ReadRow,
  rowReader,
  selectColumns,
  shownConditions,
  type Visibility,
} from './read-model-source.ts';
import {
  type AnyTables,
  type Dialect,
  queryBuilder,
  type SqlRow,
  type SqlValue,
  type Statement,
  type StatementPreparer,
  slot,
} from './statements.ts';

/** The parts of a question that decide its SQL; the rest are values. */
interface Shape {
  readonly filters: readonly string[];
  readonly search: boolean;
  readonly sort: Sort;
  /** From the first row, from a later page, or after a row. */
  readonly from: 'top' | 'page' | 'row';
  /** Written into the statement, or undefined where it is a value. */
  readonly limit: number | undefined;
  readonly count: boolean;
}

/**
 * Rows. What most clients ask for has statements of its own, because PostgreSQL keeps a plan only where it knows how
 * many rows are wanted, and planning takes longer than a page of ten.
 */
const USUAL_LIMITS = new Set([10, 20, 25, 50, 100].flatMap(perPage => [perPage, perPage + 1]));

/**
 * An expression, because SQLite prepares anew on each run when the limit is a parameter by itself, which takes as long
 * as a page of ten.
 */
const ANY_LIMIT = sql<number>`${slot('limit')} + 0`;

type Filtered = ExpressionBuilder<AnyTables, string>;

/** Runs a list declaration as SQL: one statement a shape, compiled and prepared once; rows and total come together. */
export class ListCompiler<View> {
  private readonly preparer: StatementPreparer;
  private readonly source: ReadModelSource<View>;
  private readonly spec: ListSpec<View>;
  private readonly statements = new Map<string, Statement>();
  private readonly read: ReadRow<View>;
  /** The total comes after the view's own columns. */
  private readonly totalIndex: number;

  constructor(preparer: StatementPreparer, source: ReadModelSource<View>, spec: ListSpec<View>) {
    this.preparer = preparer;
    this.source = source;
    this.spec = spec;
    this.read = rowReader(source);
    this.totalIndex = Object.keys(source.columns).length;
  }

  async run(query: ListQuery): Promise<Page<View>> {
    if (this.source.visibility && query.viewer === undefined)
      throw new Error(`${this.source.table} shows nothing without knowing to whom.`);
    const shape = this.shapeOf(query);
    const values = this.valuesOf(query);
    const found = await this.statement(shape, 'rows').all(values);
    const total = shape.count ? await this.total(found, shape, values) : undefined;
    const { perPage } = query.paging;
    const rows = found.slice(0, perPage).map(this.read);
    const last = found.length > perPage ? rows.at(-1) : undefined;
    return { rows, total, next: last && this.positionOf(last, shape.sort) };
  }

  private async total(
    [row]: readonly SqlRow[],
    shape: Shape,
    values: Readonly<Record<string, SqlValue>>,
  ): Promise<number> {
    if (row) return Number(row[this.totalIndex]);
    if (shape.from === 'top') return 0;
    const [counted] = await this.statement(shape, 'count').all(values);
    return Number(counted?.[0]);
  }

  private shapeOf({ where, words = [], sort = this.spec.defaultSort, paging }: ListQuery): Shape {
    const limit = limitOf(paging);
    return {
      filters: filtersOf(where),
      search: words.length > 0,
      sort,
      from: startOf(paging),
      limit: USUAL_LIMITS.has(limit) ? limit : undefined,
      count: 'page' in paging || paging.count,
    };
  }

  private valuesOf({ where, words = [], paging, viewer }: ListQuery): Record<string, SqlValue> {
    const values = filterValues(where);
    values.words = this.searchExpression(words);
    if (viewer !== undefined) values.viewer = viewer;
    values.limit = limitOf(paging);
    if ('page' in paging) values.offset = (paging.page - 1) * paging.perPage;
    else {
      // No row is older, and PostgreSQL cannot compare with times that are much older.
      values.after_value = paging.after ? new Date(Math.max(paging.after.value, EARLIEST)) : null;
      values.after_id = paging.after?.id ?? null;
    }
    return values;
  }

  /** Words are letters and digits only, so the quotes need no escaping. */
  private searchExpression(words: readonly string[]): string {
    if (this.preparer.dialect === 'sqlite') return words.map(word => `"${word}"*`).join(' ');
    return words.map(word => `'${word}':*`).join(' & ');
  }

  private positionOf(view: View, { key }: Sort): Position {
    return { value: Number(view[this.sortField(key)]), id: (view as { id: string }).id };
  }

  private sortField(key: string): keyof View & string {
    const field = this.spec.sorts[key];
    if (!field) throw new Error(`${this.source.table} cannot be sorted by "${key}".`);
    return field;
  }

  private statement(shape: Shape, what: 'rows' | 'count'): Statement {
    const { filters, search, sort, from, limit, count } = shape;
    const key = `${what} ${filters} ${search} ${sort.key} ${sort.descending} ${from} ${limit} ${count}`;
    const known = this.statements.get(key);
    if (known) return known;
    const statement = this.preparer.prepare(what === 'rows' ? this.rowsQuery(shape) : this.countQuery(shape));
    this.statements.set(key, statement);
    return statement;
  }

  private rowsQuery(shape: Shape) {
    const sortColumn = this.source.columns[this.sortField(shape.sort.key)].expression;
    const idColumn = `${this.source.table}.id`;
    const direction = shape.sort.descending ? 'desc' : 'asc';
    let query = selectColumns(this.preparer, this.source)
      .where(builder => builder.and(this.conditions(builder as Filtered, shape)))
      .orderBy(sortColumn, direction)
      .orderBy(idColumn, direction)
      .limit(shape.limit === undefined ? ANY_LIMIT : sql.lit(shape.limit));
    if (shape.from === 'page') query = query.offset(slot<number>('offset'));
    if (shape.count) query = query.select(sql<number>`(${this.countQuery(shape)})`.as('total'));
    if (shape.from === 'row') {
      const operator = sql.raw(shape.sort.descending ? '<' : '>');
      query = query.where(
        sql<SqlBool>`(${sql.ref(sortColumn)}, ${sql.ref(idColumn)}) ${operator} (${slot('after_value')}, ${slot('after_id')})`,
      );
    }
    return query;
  }

  private countQuery(shape: Shape) {
    const rows = queryBuilder(this.preparer.dialect).selectFrom(this.source.table);
    return shownConditions(this.source)
      .reduce((query, condition) => query.where(condition), rows)
      .where(builder => builder.and(this.conditions(builder as Filtered, shape)))
      .select(({ fn }) => fn.countAll<number>().as('total'));
  }

  private conditions(builder: Filtered, { filters, search }: Shape): Expression<SqlBool>[] {
    // SQLite, which does not know how few rows words leave, would read all that a filter lets through instead.
    const as = search && this.preparer.dialect === 'sqlite' ? withoutIndex : undefined;
    const conditions: Expression<SqlBool>[] = filters.map(name =>
      filterCondition(this.spec, this.source, name, as),
    );
    if (search) conditions.push(this.searchCondition());
    if (this.source.visibility)
      conditions.push(visibleTo(builder, this.source.visibility, this.preparer.dialect));
    return conditions;
  }

  private searchCondition(): Expression<SqlBool> {
    const index = this.source.search;
    if (!index) throw new Error(`${this.source.table} cannot be searched.`);
    if (this.preparer.dialect === 'postgresql')
      return sql<SqlBool>`${sql.ref(index.vector)} @@ cast(cast(${slot('words')} as text) as tsquery)`;
    const fts = sql.ref(index.ftsTable);
    return sql<SqlBool>`${sql.ref(index.rowId)} in (select rowid from ${fts} where ${fts} match ${slot('words')})`;
  }
}

/** PostgreSQL finds rows by an index of their team only where the teams are an array that was made before. */
function visibleTo(builder: Filtered, { people, team }: Visibility, dialect: Dialect): Expression<SqlBool> {
  const viewer = slot<SqlValue>('viewer');
  const teams = sql`select team_id from team_people where user_id = ${viewer}`;
  const isOf =
    dialect === 'postgresql'
      ? sql<SqlBool>`${sql.ref(team)} = any(array(${teams}))`
      : sql<SqlBool>`${sql.ref(team)} in (${teams})`;
  return builder.or([...people.map(column => builder(column, '=', viewer)), isOf]);
}

/** One row more than a keyset page shows says whether there is another page. */
function limitOf(paging: Paging): number {
  return 'page' in paging ? paging.perPage : paging.perPage + 1;
}

function startOf(paging: Paging): Shape['from'] {
  if ('page' in paging) return paging.page === 1 ? 'top' : 'page';
  return paging.after ? 'row' : 'top';
}

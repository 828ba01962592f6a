import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { ListSpec } from '../../kernel/list.ts';
import { type Filtered, ListConditions, orderOf } from './list-conditions.ts';
import type { Shape } from './list-shape.ts';
import {
  type ReadModelSource,
  selectColumns,
  shownConditions,
  type Visibility,
} from './read-model-source.ts';
import { queryBuilder, type StatementPreparer, slot } from './statements.ts';
import { type FirstRows, firstVisible } from './visible-rows.ts';

/**
 * An expression, because SQLite prepares anew on each run when the limit is a parameter by itself, which takes as long
 * as a page of ten.
 */
const ANY_LIMIT = sql<number>`${slot('limit')} + 0`;

/** The SQL of a list, for each of its shapes. */
export class ListStatements<View> {
  private readonly preparer: StatementPreparer;
  private readonly source: ReadModelSource<View>;
  private readonly spec: ListSpec<View>;
  private readonly conditions: ListConditions<View>;

  constructor(preparer: StatementPreparer, source: ReadModelSource<View>, spec: ListSpec<View>) {
    this.preparer = preparer;
    this.source = source;
    this.spec = spec;
    this.conditions = new ListConditions(source, spec, preparer.dialect);
  }

  rows(shape: Shape) {
    const { visibility } = this.source;
    const rows = selectColumns(this.preparer, this.source);
    const idColumn = `${this.source.table}.id`;
    const chosen =
      visibility && shape.teams !== undefined
        ? rows.where(this.isFirstVisible(shape, visibility, shape.teams))
        : rows.where(builder => builder.and(this.conditions.placed(builder as Filtered, shape)));
    const [sortColumn, direction] = orderOf(this.source, this.spec, shape);
    let query = chosen.orderBy(sortColumn, direction).orderBy(idColumn, direction).limit(limitTerm(shape));
    if (shape.from === 'page') query = query.offset(slot<number>('offset'));
    if (shape.count) query = query.select(sql<number>`(${this.count(shape)})`.as('total'));
    return query;
  }

  /** Whether a row is one of the first that the viewer sees: of all pages up to this one. */
  private isFirstVisible(shape: Shape, visibility: Visibility, teams: number): RawBuilder<SqlBool> {
    const { table } = this.source;
    const { dialect } = this.preparer;
    const [sortColumn, direction] = orderOf(this.source, this.spec, shape);
    const limit =
      shape.from === 'page' ? sql<number>`${limitTerm(shape)} + ${slot('offset')}` : limitTerm(shape);
    const firstRows: FirstRows = condition =>
      queryBuilder(dialect)
        .selectFrom(table)
        .select(`${table}.id`)
        .where(builder => builder.and([...this.conditions.filtered(shape), condition]))
        .orderBy(sortColumn, direction)
        .orderBy(`${table}.id`, direction)
        .limit(limit);
    const ids = firstVisible(firstRows, visibility, dialect, teams);
    const id = sql.ref(`${table}.id`);
    // PostgreSQL would rather read a table of some thousand rows than look up a set of unknown size in its index.
    return dialect === 'postgresql'
      ? sql<SqlBool>`${id} = any(array(${ids}))`
      : sql<SqlBool>`${id} in (${ids})`;
  }

  count(shape: Shape) {
    const rows = queryBuilder(this.preparer.dialect).selectFrom(this.source.table);
    return shownConditions(this.source)
      .reduce((query, condition) => query.where(condition), rows)
      .where(builder => builder.and(this.conditions.seen(builder as Filtered, shape)))
      .select(({ fn }) => fn.countAll<number>().as('total'));
  }
}

function limitTerm({ limit }: Shape): RawBuilder<number> {
  return limit === undefined ? ANY_LIMIT : sql.lit(limit);
}

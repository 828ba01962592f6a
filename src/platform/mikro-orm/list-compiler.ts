import type { ListQuery, ListSpec, Page, Position, Sort } from '../../kernel/list.ts';
import { EARLIEST } from '../../kernel/time-bounds.ts';
import { CachedTotals } from './cached-totals.ts';
import { filterValues } from './list-filters.ts';
import { keyOf, limitOf, type Shape, shapeOf } from './list-shape.ts';
import { ListStatements } from './list-statements.ts';
import { type ReadModelSource, type ReadRow, rowReader } from './read-model-source.ts';
import type { SqlRow, SqlValue, Statement, StatementPreparer } from './statements.ts';
import { ViewerTeams } from './visible-rows.ts';

/** Runs a list declaration as SQL: one statement a shape, compiled and prepared once; rows and total come together. */
export class ListCompiler<View> {
  private readonly preparer: StatementPreparer;
  private readonly source: ReadModelSource<View>;
  private readonly spec: ListSpec<View>;
  private readonly statements: ListStatements<View>;
  private readonly prepared = new Map<string, Statement>();
  private readonly totals: CachedTotals;
  private readonly viewerTeams: ViewerTeams | undefined;
  private readonly read: ReadRow<View>;
  /** The total comes after the view's own columns. */
  private readonly totalIndex: number;

  constructor(preparer: StatementPreparer, source: ReadModelSource<View>, spec: ListSpec<View>) {
    this.preparer = preparer;
    this.source = source;
    this.spec = spec;
    this.statements = new ListStatements(preparer, source, spec);
    this.read = rowReader(source);
    this.totals = new CachedTotals(preparer, source, spec);
    this.viewerTeams = source.visibility && new ViewerTeams(preparer);
    this.totalIndex = Object.keys(source.columns).length;
  }

  async run(query: ListQuery): Promise<Page<View>> {
    const { visibility, seenThrough } = this.source;
    if ((visibility ?? seenThrough) && query.viewer === undefined)
      throw new Error(`${this.source.table} shows nothing without knowing to whom.`);
    const teams = query.viewer === undefined ? undefined : await this.viewerTeams?.of(query.viewer);
    const asked = shapeOf(query, this.spec, teams?.ways);
    const values = { ...this.valuesOf(query), ...teams?.values };
    const cached = asked.count ? this.totals.of(query) : undefined;
    const shape = cached?.known === undefined ? asked : { ...asked, count: false };
    const found = await this.statement(shape, 'rows').all(values);
    const total = shape.count ? await this.total(found, shape, values) : cached?.known;
    if (shape.count && total !== undefined) cached?.keep(total);
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
    const key = `${what} ${keyOf(shape)}`;
    const known = this.prepared.get(key);
    if (known) return known;
    const statement = this.preparer.prepare(this.statements[what](shape));
    this.prepared.set(key, statement);
    return statement;
  }
}

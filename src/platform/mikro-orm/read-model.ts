import type { FilterValue, ListQuery, ListSpec, Page } from '../../kernel/list.ts';
import { ListCompiler } from './list-compiler.ts';
import { type ReadModelSource, type ReadRow, rowReader, selectColumns } from './read-model-source.ts';
import { type SqlValue, type Statement, type StatementPreparer, slot } from './statements.ts';

/** Reads views straight from the tables, by prepared statements, with no entity in between. */
export class ReadModel<View extends object> {
  private readonly preparer: StatementPreparer;
  private readonly source: ReadModelSource<View>;
  private readonly read: ReadRow<View>;
  private readonly lists: ListCompiler<View> | undefined;
  private readonly finders = new Map<string, Statement>();
  private readonly collectors = new Map<string, Statement>();

  constructor(preparer: StatementPreparer, source: ReadModelSource<View>, list?: ListSpec<View>) {
    this.preparer = preparer;
    this.source = source;
    this.read = rowReader(source);
    this.lists = list && new ListCompiler(preparer, source, list);
  }

  /** The one row whose column (named as in the view) has this value. */
  async findBy(field: keyof View & string, value: FilterValue): Promise<View | undefined> {
    const statement = this.finders.get(field) ?? this.prepareFinder(field);
    const [row] = await statement.all({ value });
    return row && this.read(row);
  }

  /** All rows whose column has this value, by their ids; for what is bounded where it is written. */
  async allBy(field: keyof View & string, value: FilterValue): Promise<readonly View[]> {
    const statement = this.collectors.get(field) ?? this.prepareCollector(field);
    return (await statement.all({ value })).map(this.read);
  }

  list(query: ListQuery): Promise<Page<View>> {
    if (!this.lists) throw new Error(`${this.source.table} has no list.`);
    return this.lists.run(query);
  }

  private prepareCollector(field: keyof View & string): Statement {
    const { columns } = this.source as ReadModelSource<View & { readonly id: string }>;
    const statement = this.preparer.prepare(this.where(field).orderBy(columns.id.expression));
    this.collectors.set(field, statement);
    return statement;
  }

  private where(field: keyof View & string) {
    const builder = selectColumns(this.preparer, this.source);
    return builder.where(this.source.columns[field].expression, '=', slot<SqlValue>('value'));
  }

  private prepareFinder(field: keyof View & string): Statement {
    const statement = this.preparer.prepare(this.where(field));
    this.finders.set(field, statement);
    return statement;
  }
}

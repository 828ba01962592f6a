import type { ListQuery, ListSpec } from '../../kernel/list.ts';
import type { Moment } from '../cache/cache.ts';
import { type Dependency, tagsOf } from '../cache/tags.ts';
import type { ReadModelSource } from './read-model-source.ts';
import type { StatementPreparer } from './statements.ts';

/** Fewer rows are counted in less time than it takes to look whether they were. */
const WORTH_KEEPING = 1000;

/** Bytes, roughly. */
const SIZE = 200;

/** How many rows match what a list was asked, as long as none of them is written. */
export class CachedTotals {
  private readonly preparer: StatementPreparer;
  private readonly table: string;
  private readonly others: readonly string[];
  /** The filter that keeps one person's own rows. */
  private readonly owner: string | undefined;

  constructor(
    preparer: StatementPreparer,
    { table, joins = [], visibility, withheld }: Omit<ReadModelSource<unknown>, 'columns'>,
    { filters }: Pick<ListSpec<never>, 'filters'>,
  ) {
    this.preparer = preparer;
    this.table = table;
    this.others = [
      ...joins.map(join => join.table),
      ...(visibility ? ['team_people'] : []),
      ...(withheld ? [withheld.whileIn] : []),
    ];
    this.owner = Object.keys(filters).find(name => (filters[name]?.field as string) === 'userId');
  }

  moment(): Moment {
    return this.preparer.counts.moment();
  }

  known(query: ListQuery): number | undefined {
    return this.preparer.counts.get<number>(this.keyOf(query), this.tagsOf(query));
  }

  keep(query: ListQuery, total: number, at: Moment): void {
    if (total >= WORTH_KEEPING) this.preparer.counts.keep(this.keyOf(query), total, { at, size: SIZE });
  }

  private keyOf({ where = {}, words = [], viewer = '' }: ListQuery): string {
    return JSON.stringify([this.table, viewer, words, Object.entries(where).sort()]);
  }

  private tagsOf({ where = {} }: ListQuery): string[] {
    const userId = this.owner && where[this.owner];
    const rows: Dependency = typeof userId === 'string' ? { own: this.table } : this.table;
    return tagsOf([rows, ...this.others], String(userId));
  }
}

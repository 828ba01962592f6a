import type { ListQuery, ListSpec } from '../../kernel/list.ts';
import type { Moment } from '../cache/cache.ts';
import { tagsOf } from '../cache/tags.ts';
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
  /** Tables whose rows are the same person's: what keeps some from being seen is as well. */
  private readonly owned: readonly string[];
  /** The filter that keeps one person's own rows. */
  private readonly owner: string | undefined;

  constructor(
    preparer: StatementPreparer,
    source: Pick<ReadModelSource<unknown>, 'table' | 'joins' | 'visibility' | 'withheld'>,
    { filters }: Pick<ListSpec<never>, 'filters'>,
  ) {
    this.preparer = preparer;
    const { table, joins = [], visibility, withheld } = source;
    this.table = table;
    this.owned = [table, ...(withheld ? [withheld.whileIn] : [])];
    this.others = [...joins.map(join => join.table), ...(visibility ? ['team_people'] : [])];
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
    const rows = this.owned.map(table => (typeof userId === 'string' ? { own: table } : table));
    return tagsOf([...rows, ...this.others], String(userId));
  }
}

import type { ListQuery, ListSpec } from '../../kernel/list.ts';
import { tagsOf } from '../cache/tags.ts';
import type { ReadModelSource } from './read-model-source.ts';
import type { StatementPreparer } from './statements.ts';

/** Fewer rows are counted in less time than it takes to look whether they were. */
const WORTH_KEEPING = 1000;

/** Bytes, roughly. */
const SIZE = 200;

export interface CachedTotal {
  readonly known: number | undefined;
  /** Keeps what was counted, if that is worth it. */
  keep(total: number): void;
}

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
    const members = visibility?.members;
    this.others = [
      ...joins.map(join => join.table),
      ...(visibility ? ['team_people'] : []),
      ...(members ? [members.table] : []),
    ];
    this.owner = Object.keys(filters).find(name => (filters[name]?.field as string) === 'userId');
  }

  /** To be asked before the rows are read, so that a change meanwhile is not overlooked. */
  of(query: ListQuery): CachedTotal {
    const { counts } = this.preparer;
    const key = this.keyOf(query);
    const at = counts.moment();
    return {
      known: counts.get<number>(key, this.tagsOf(query)),
      keep(total) {
        if (total >= WORTH_KEEPING) counts.keep(key, total, { at, size: SIZE });
      },
    };
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

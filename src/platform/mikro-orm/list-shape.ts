import type { ListQuery, Paging, Sort } from '../../kernel/list.ts';
import { filtersOf } from './list-filters.ts';

/** The parts of a question that decide its SQL; the rest are values. */
export interface Shape {
  readonly filters: readonly string[];
  readonly search: boolean;
  readonly sort: Sort;
  /** From the first row, from a later page, or after a row. */
  readonly from: 'top' | 'page' | 'row';
  /** Written into the statement, or undefined where it is a value. */
  readonly limit: number | undefined;
  readonly count: boolean;
  /** In how many ways those of the viewer are looked for, where the first rows of each way are; undefined where they are not. */
  readonly teams: number | undefined;
}

/**
 * Rows. What most clients ask for has statements of its own, because PostgreSQL keeps a plan only where it knows how
 * many rows are wanted, and planning takes longer than a page of ten.
 */
const USUAL_LIMITS = new Set([10, 20, 25, 50, 100].flatMap(perPage => [perPage, perPage + 1]));

/** `teams`: in how many ways those of the viewer are looked through. */
export function shapeOf(
  { where, words = [], sort, paging }: ListQuery,
  { defaultSort }: { readonly defaultSort: Sort },
  teams: number | undefined,
): Shape {
  const limit = limitOf(paging);
  return {
    filters: filtersOf(where),
    search: words.length > 0,
    sort: sort ?? defaultSort,
    from: startOf(paging),
    limit: USUAL_LIMITS.has(limit) ? limit : undefined,
    count: 'page' in paging || paging.count,
    // The words leave few rows, which an index of theirs finds.
    teams: words.length > 0 ? undefined : teams,
  };
}

export function keyOf({ filters, search, sort, from, limit, count, teams }: Shape): string {
  return `${filters} ${search} ${sort.key} ${sort.descending} ${from} ${limit} ${count} ${teams}`;
}

/** One row more than a keyset page shows says whether there is another page. */
export function limitOf(paging: Paging): number {
  return 'page' in paging ? paging.perPage : paging.perPage + 1;
}

function startOf(paging: Paging): Shape['from'] {
  if ('page' in paging) return paging.page === 1 ? 'top' : 'page';
  return paging.after ? 'row' : 'top';
}

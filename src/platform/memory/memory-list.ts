import type { FilterMatch, FilterValue, ListQuery, ListSpec, Page, Position } from '../../kernel/list.ts';
import { searchWords } from '../../kernel/search-words.ts';

interface Row {
  readonly id: string;
}

/** Answers a list's question from rows in memory; the twin of the SQL compiler. */
export function evaluateList<T extends Row>(rows: Iterable<T>, spec: ListSpec<T>, query: ListQuery): Page<T> {
  const matching = [...rowsMatching(rows, spec, query)];
  const { key, descending } = query.sort ?? spec.defaultSort;
  const field = spec.sorts[key] as keyof T | undefined;
  if (!field) throw new Error(`This list cannot be sorted by "${key}".`);
  const direction = descending ? -1 : 1;
  const place = (row: T): Position => ({ value: Number(row[field]), id: row.id });
  matching.sort((a, b) => direction * compare(place(a), place(b)));
  return slice(matching, query.paging, place, direction);
}

/** In no order. */
export function* rowsMatching<T>(
  rows: Iterable<T>,
  spec: ListSpec<T>,
  query: Pick<ListQuery, 'where' | 'words'>,
): Generator<T> {
  for (const row of rows) if (matches(row, spec, query)) yield row;
}

function slice<T>(
  rows: readonly T[],
  paging: ListQuery['paging'],
  place: (row: T) => Position,
  direction: number,
): Page<T> {
  if ('page' in paging) {
    const start = (paging.page - 1) * paging.perPage;
    return { rows: rows.slice(start, start + paging.perPage), total: rows.length };
  }
  const { after, perPage, count } = paging;
  const rest = after ? rows.filter(row => direction * compare(place(row), after) > 0) : rows;
  const shown = rest.slice(0, perPage);
  const last = shown.at(-1);
  return {
    rows: shown,
    total: count ? rows.length : undefined,
    next: rest.length > perPage && last ? place(last) : undefined,
  };
}

function matches<T>(
  row: T,
  spec: ListSpec<T>,
  { where = {}, words = [] }: Pick<ListQuery, 'where' | 'words'>,
): boolean {
  for (const [name, wanted] of Object.entries(where)) {
    const filter = spec.filters[name];
    if (!filter) throw new Error(`This list has no filter "${name}".`);
    if (wanted !== undefined && !compares(row[filter.field as keyof T], filter.match, wanted)) return false;
  }
  if (words.length === 0) return true;
  const text = (spec.search ?? []).map(field => row[field as keyof T]).join(' ');
  const own = searchWords(text);
  return words.every(word => own.some(candidate => candidate.startsWith(word)));
}

function compares(value: unknown, match: FilterMatch, wanted: FilterValue): boolean {
  if (value === null || value === undefined) return false;
  if (match === 'equals') return value instanceof Date ? Number(value) === Number(wanted) : value === wanted;
  return match === 'from' ? value >= wanted : value < wanted;
}

function compare(a: Position, b: Position): number {
  if (a.value !== b.value) return a.value - b.value;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

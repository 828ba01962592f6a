/** What a filter compares its field with: the same value, or a bound (`from` included, `before` excluded). */
export type FilterMatch = 'equals' | 'from' | 'before';

export type FilterValue = string | number | boolean | Date;

/**
 * What a list of `Row`s can be asked for, declared once. The SQL compiler and the in-memory evaluator both run
 * this declaration, so they cannot drift apart.
 */
export interface ListSpec<Row> {
  readonly filters: Readonly<
    Record<string, { readonly field: keyof Row & string; readonly match: FilterMatch }>
  >;
  /** Sort key on the wire → the time or number that it orders by. `id` breaks ties, in the same direction. */
  readonly sorts: Readonly<Record<string, keyof Row & string>>;
  readonly defaultSort: Sort;
  /** Fields whose folded words `words` is compared with; leave out for a list without search. */
  readonly search?: readonly (keyof Row & string)[];
}

export interface Sort {
  readonly key: string;
  readonly descending: boolean;
}

/** One question to a list. `words` are folded (`searchWords`); each must begin a word of the row. */
export interface ListQuery {
  /** Whose view of the list it is, where not everybody sees all of it. */
  readonly viewer?: string;
  readonly where?: Readonly<Record<string, FilterValue | undefined>>;
  readonly words?: readonly string[];
  readonly sort?: Sort;
  readonly paging: Paging;
}

/** By page number (from 1), or from a place in the order: after the row with these values, or the first page. */
export type Paging =
  | { readonly page: number; readonly perPage: number }
  | { readonly after: Position | undefined; readonly perPage: number; readonly count: boolean };

/** The place of a row in a list's order: the value it is sorted by (in milliseconds for a time) and its id. */
export interface Position {
  readonly value: number;
  readonly id: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** All rows that match; undefined where a keyset page did not ask for it. */
  readonly total: number | undefined;
  /** Where the next keyset page starts; undefined on the last page and with page numbers. */
  readonly next?: Position | undefined;
}

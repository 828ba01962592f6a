import Type, { type TObject, type TProperties, type TSchema } from 'typebox';
import type { FilterValue, ListQuery, ListSpec, Page, Paging, Position, Sort } from '../../kernel/list.ts';
import { searchWords } from '../../kernel/search-words.ts';
import { isWithinTime } from '../../kernel/time-bounds.ts';
import { ok, type Reply } from './endpoint.ts';
import { RequestError } from './problem.ts';

const MAX_PER_PAGE = 100;
const MAX_PAGE = 1_000_000;
const MAX_WORDS = 10;

/** The query of a list: paging, its declared sort keys and search, and the filters that clients may use. */
export interface ListParameters {
  readonly page?: number;
  readonly per_page?: number;
  readonly cursor?: string;
  readonly count?: boolean;
  readonly sort?: string;
  readonly q?: string;
}

/** The orders that a list has, as a parameter. */
export function sortParameter({ sorts, defaultSort }: ListSpec<never>): TSchema {
  const orders = Object.keys(sorts).flatMap(key => [key, `-${key}`]);
  return Type.Optional(
    Type.Union(
      orders.map(sort => Type.Literal(sort)),
      { default: wireSort(defaultSort), description: 'A leading `-` sorts downwards.' },
    ),
  );
}

/** Pages by their numbers. */
export const PAGE_PARAMETERS = {
  page: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PAGE, default: 1 })),
  per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_PER_PAGE, default: 10 })),
};

export function listQuery<Filters extends TProperties>(
  spec: ListSpec<never>,
  filters: Filters,
  { keyset = false } = {},
): TObject {
  const properties: TProperties = {
    ...PAGE_PARAMETERS,
    sort: sortParameter(spec),
  };
  if (keyset) {
    properties.cursor = Type.Optional(
      Type.String({
        maxLength: 200,
        description: '`next_cursor` of the page before; empty for the first page.',
      }),
    );
    properties.count = Type.Optional(
      Type.Boolean({ description: 'Adds `total_count` where `cursor` is used.' }),
    );
  }
  if (spec.search)
    properties.q = Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Words; each must begin a word of the text.',
      }),
    );
  for (const [name, schema] of Object.entries(filters)) properties[name] = Type.Optional(schema);
  return Type.Object(properties, { additionalProperties: false });
}

/** A page of a list. With `cursor`, `next_cursor` takes the place of `page`, and is null on the last page. */
export function pageOf(item: TSchema, title: string, { keyset = false } = {}): TSchema {
  const total = Type.Integer({ minimum: 0, examples: [1] });
  const page = Type.Integer({ minimum: 1, examples: [1] });
  const rest = { per_page: Type.Integer({ minimum: 1, examples: [10] }), results: Type.Array(item) };
  const properties = keyset
    ? {
        total_count: Type.Optional(total),
        page: Type.Optional(page),
        ...rest,
        next_cursor: Type.Optional(Type.Union([Type.String(), Type.Null()])),
      }
    : { total_count: total, page, ...rest };
  return Type.Object(properties, { title, additionalProperties: false });
}

/** What the parameters ask of the list. */
export function toListQuery(spec: ListSpec<never>, parameters: ListParameters): ListQuery {
  const where: Record<string, FilterValue> = {};
  const given = parameters as Readonly<Record<string, FilterValue | undefined>>;
  for (const name of Object.keys(spec.filters)) {
    const value = given[name];
    if (value !== undefined) where[name] = spec.filters[name]?.match === 'equals' ? value : boundOf(value);
  }
  const sort = parameters.sort === undefined ? spec.defaultSort : parsedSort(parameters.sort);
  return { where, words: wordsOf(parameters.q), sort, paging: pagingOf(parameters, sort) };
}

/** A bound that is a text is a time. */
function boundOf(value: FilterValue): FilterValue {
  return typeof value === 'string' ? new Date(value) : value;
}

/** The page on the wire, with links to the others (RFC 8288). */
export function pageReply<Row>(
  { rows, total, next }: Page<Row>,
  present: (row: Row) => unknown,
  { paging, sort }: ListQuery,
  url: string,
): Reply {
  const results = rows.map(present);
  if ('page' in paging) {
    const { page, perPage } = paging;
    const body = { total_count: total, page, per_page: perPage, results };
    return withLinks(ok(body), pageLinks(url, page, Math.ceil((total ?? 0) / perPage)));
  }
  const nextCursor = next && sort ? encodeCursor(sort, next) : null;
  const body = { ...(total !== undefined && { total_count: total }), per_page: paging.perPage, results };
  const links: [string, string][] = nextCursor === null ? [] : [['next', linksTo(url, 'cursor')(nextCursor)]];
  return withLinks(ok({ ...body, next_cursor: nextCursor }), links);
}

function withLinks(reply: Reply, links: readonly (readonly [string, string])[]): Reply {
  if (links.length === 0) return reply;
  return {
    ...reply,
    headers: { Link: links.map(([rel, target]) => `<${target}>; rel="${rel}"`).join(', ') },
  };
}

function pageLinks(url: string, page: number, last: number): [string, string][] {
  if (last <= 1 && page === 1) return [];
  const to = linksTo(url, 'page');
  const links: [string, string][] = [['first', to(1)]];
  if (page > 1) links.push(['prev', to(Math.min(page - 1, Math.max(last, 1)))]);
  if (page < last) links.push(['next', to(page + 1)]);
  links.push(['last', to(Math.max(last, 1))]);
  return links;
}

/** The same address with another value of one parameter. The others stay as the client wrote them. */
function linksTo(url: string, name: string): (value: string | number) => string {
  const [path = '', query = ''] = url.replace(/[<>"]/g, encodeURIComponent).split('?', 2);
  const others = query.split('&').filter(part => part !== '' && part.split('=', 1)[0] !== name);
  const start = `${path}?${others.map(part => `${part}&`).join('')}${name}=`;
  return value => start + value;
}

function wordsOf(q: string | undefined): readonly string[] {
  if (q === undefined) return [];
  const words = searchWords(q);
  if (words.length === 0)
    throw invalidParameter('q', 'no_words', 'It must have at least one letter or digit.');
  if (words.length > MAX_WORDS)
    throw invalidParameter('q', 'too_many_words', `It must have at most ${MAX_WORDS} words.`);
  return words;
}

function pagingOf(
  { page, per_page: perPage = 10, cursor, count = false }: ListParameters,
  sort: Sort,
): Paging {
  if (cursor === undefined) return { page: page ?? 1, perPage };
  if (page !== undefined)
    throw invalidParameter('page', 'exclusive', 'It cannot be used together with "cursor".');
  return { after: cursor === '' ? undefined : decodeCursor(cursor, sort), perPage, count };
}

function parsedSort(text: string): Sort {
  return text.startsWith('-') ? { key: text.slice(1), descending: true } : { key: text, descending: false };
}

function wireSort({ key, descending }: Sort): string {
  return descending ? `-${key}` : key;
}

/** A cursor names its order, so that it cannot be carried over to another. */
function encodeCursor(sort: Sort, { value, id }: Position): string {
  return Buffer.from(JSON.stringify([wireSort(sort), value, id])).toString('base64url');
}

function decodeCursor(cursor: string, sort: Sort): Position {
  try {
    const [order, value, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    const isId = typeof id === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
    const isTime = Number.isSafeInteger(value) && isWithinTime(value as number);
    if (order === wireSort(sort) && isTime && isId) return { value: value as number, id };
  } catch {
    // It is no cursor at all, which is answered like one of another list.
  }
  throw invalidParameter('cursor', 'cursor', 'It is not a cursor of this list in this order.');
}

function invalidParameter(name: string, code: string, detail: string): RequestError {
  return new RequestError('request.invalid', `"/${name}" is not valid: ${detail}`, {
    errors: [{ pointer: `/${name}`, code, detail }],
  });
}

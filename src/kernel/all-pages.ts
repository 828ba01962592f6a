import type { ListQuery, Page, Position } from './list.ts';

const PER_PAGE = 100;

interface PagesOptions<Row, Shown> {
  readonly present: (row: Row) => Shown;
  readonly perPage?: number;
}

/**
 * All that matches of a list, page by page, each asked for when it is wanted. Pages begin at a place and not at a number,
 * so what is added or removed meanwhile makes none of the others come twice or not at all.
 */
export async function* allPages<Row, Shown>(
  list: (query: ListQuery) => Promise<Page<Row>>,
  where: NonNullable<ListQuery['where']>,
  { present, perPage = PER_PAGE }: PagesOptions<Row, Shown>,
): AsyncGenerator<readonly Shown[]> {
  let after: Position | undefined;
  do {
    const page = await list({ where, paging: { after, perPage, count: false } });
    yield page.rows.map(present);
    after = page.next;
  } while (after);
}

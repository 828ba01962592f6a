import { allPages } from '../../../kernel/all-pages.ts';
import type { ListQuery } from '../../../kernel/list.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { OperationReader, OperationView } from './ports.ts';

/**
 * Gives whoever asks all of their operations that match, page by page, in the order that they want, and nobody else's.
 *
 * - Each page is read when it is wanted; what is written meanwhile makes none of the others come twice or not at all.
 */
export class ExportOperations {
  private readonly reader: OperationReader;

  constructor(reader: OperationReader) {
    this.reader = reader;
  }

  execute(
    { where, sort }: Pick<ListQuery, 'where' | 'sort'>,
    by: Principal,
  ): AsyncIterable<readonly OperationView[]> {
    requireScope(by, 'operations');
    const list = (query: ListQuery) => this.reader.list(sort ? { ...query, sort } : query);
    return allPages(list, { ...where, owner: by.userId }, { present: operation => operation });
  }
}

import type { ListQuery, Page } from '../../../kernel/list.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { OperationNotFound } from '../domain/errors.ts';
import type { OperationId } from '../domain/operation.ts';
import type { OperationReader, OperationView } from './ports.ts';

/**
 * Shows the operations of whoever asks, one or many.
 *
 * - Those of others do not exist: they are neither listed nor counted.
 */
export class ReadOperations {
  private readonly reader: OperationReader;

  constructor(reader: OperationReader) {
    this.reader = reader;
  }

  async one(id: OperationId, by: Principal): Promise<OperationView> {
    requireScope(by, 'operations');
    const operation = await this.reader.find(id);
    if (operation?.userId !== by.userId) throw new OperationNotFound();
    return operation;
  }

  async list(query: ListQuery, by: Principal): Promise<Page<OperationView>> {
    requireScope(by, 'operations');
    return this.reader.list({ ...query, where: { ...query.where, owner: by.userId } });
  }
}

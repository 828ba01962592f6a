import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import { evaluateList } from '../../../../platform/memory/memory-list.ts';
import { MemoryUnitOfWork } from '../../../../platform/memory/memory-unit-of-work.ts';
import type { MemoryStorage } from '../../../../platform/storage.ts';
import { OPERATION_LIST, type OperationRepository, type OperationStorage } from '../../application/ports.ts';
import type { Operation } from '../../domain/operation.ts';

export class InMemoryOperationRepository implements OperationRepository {
  private readonly operations: CollectionDraft<Operation>;

  constructor(operations: CollectionDraft<Operation>) {
    this.operations = operations;
  }

  get(id: string): Promise<Operation | undefined> {
    return this.operations.get(id);
  }

  add(operation: Operation): Promise<void> {
    return this.operations.add(operation);
  }

  remove(operation: Operation): Promise<void> {
    return this.operations.remove(operation);
  }

  removeSomeOf(userId: string, limit: number): Promise<number> {
    return this.operations.removeSome(operation => operation.userId === userId, limit);
  }
}

export function inMemoryOperations({ store }: MemoryStorage): OperationStorage {
  const operations = new MemoryCollection<Operation>('operations');
  return {
    work: new MemoryUnitOfWork(store, transaction => ({
      operations: new InMemoryOperationRepository(transaction.draft(operations)),
    })),
    reader: {
      find: async id => operations.row(id),
      list: async query => evaluateList(operations.rows(), OPERATION_LIST, query),
    },
  };
}

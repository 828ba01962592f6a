import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import { evaluateList, rowsMatching } from '../../../../platform/memory/memory-list.ts';
import { MemoryUnitOfWork } from '../../../../platform/memory/memory-unit-of-work.ts';
import type { MemoryStorage } from '../../../../platform/storage.ts';
import {
  type Grouping,
  OPERATION_LIST,
  type OperationRepository,
  type OperationStorage,
  type SummaryGroup,
  type SummaryQuery,
} from '../../application/ports.ts';
import type { Operation } from '../../domain/operation.ts';
import { SummaryGroups } from '../summary-groups.ts';

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
      summary: async query => summaryOf(rowsMatching(operations.rows(), OPERATION_LIST, query), query),
    },
  };
}

const KEYS: Readonly<Record<Grouping, (operation: Operation) => string | null>> = {
  type: ({ type }) => type,
  instrument_type: ({ instrumentType }) => instrumentType,
  month: ({ date }) => date.toISOString().slice(0, 7),
};

function summaryOf(operations: Iterable<Operation>, { groupBy }: SummaryQuery): readonly SummaryGroup[] {
  const groups = new SummaryGroups();
  for (const operation of operations) {
    const { type, quantity } = operation;
    const [bought, sold] = type === 'buy' ? [quantity, 0] : [0, quantity];
    groups.add(KEYS[groupBy](operation), { count: 1, bought, sold });
  }
  return groups.result();
}

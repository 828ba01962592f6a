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
import type { OperationImport } from '../../domain/operation-import.ts';
import { SummaryGroups } from '../summary-groups.ts';
import { ImportsUnderWay, InMemoryOperationImportRepository } from './in-memory-imports.ts';

export class InMemoryOperationRepository implements OperationRepository {
  private readonly operations: CollectionDraft<Operation>;
  private readonly imports: CollectionDraft<OperationImport>;

  constructor(operations: CollectionDraft<Operation>, imports: CollectionDraft<OperationImport>) {
    this.operations = operations;
    this.imports = imports;
  }

  async get(id: string): Promise<Operation | undefined> {
    const operation = await this.operations.get(id);
    if (operation === undefined || operation.importId === null) return operation;
    return (await this.imports.get(operation.importId)) ? undefined : operation;
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

  addAll(operations: readonly Operation[]): Promise<void> {
    return this.operations.addAll(operations);
  }

  removeSomeOfImport({ id }: OperationImport, limit: number): Promise<number> {
    return this.operations.removeSome(operation => operation.importId === id, limit);
  }
}

export function inMemoryOperations({ store, jobs }: MemoryStorage): OperationStorage {
  const operations = new MemoryCollection<Operation>('operations');
  const underWay = new ImportsUnderWay();
  const shownRows = () => Iterator.from(operations.rows()).filter(({ importId }) => !underWay.has(importId));
  return {
    work: new MemoryUnitOfWork(store, transaction => ({
      operations: new InMemoryOperationRepository(
        transaction.draft(operations),
        transaction.draft(underWay.imports),
      ),
      imports: new InMemoryOperationImportRepository(
        transaction.draft(underWay.imports),
        transaction.draft(underWay.chunks),
      ),
      jobs: jobs.queueIn(transaction),
    })),
    reader: {
      find: async id => {
        const operation = operations.row(id);
        return operation && !underWay.has(operation.importId) ? operation : undefined;
      },
      list: async query => evaluateList(shownRows(), OPERATION_LIST, query),
      summary: async query => summaryOf(rowsMatching(shownRows(), OPERATION_LIST, query), query),
    },
    imports: underWay,
    jobs: jobs.records,
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

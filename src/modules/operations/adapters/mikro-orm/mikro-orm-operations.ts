import { MikroOrmUnitOfWork } from '../../../../platform/mikro-orm/mikro-orm-unit-of-work.ts';
import { ReadModel } from '../../../../platform/mikro-orm/read-model.ts';
import { columnsOf, type ReadModelSource } from '../../../../platform/mikro-orm/read-model-source.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type { SqlStorage } from '../../../../platform/storage.ts';
import {
  OPERATION_LIST,
  type OperationRepository,
  type OperationStorage,
  type OperationView,
} from '../../application/ports.ts';
import type { Operation } from '../../domain/operation.ts';
import type { OperationImport } from '../../domain/operation-import.ts';
import { MikroOrmOperationImportRepository, OverdueImports } from './mikro-orm-imports.ts';
import { OperationImportSchema, OperationSchema } from './operation-schema.ts';
import { summaryAtOnce } from './summary-at-once.ts';
import { summaryInPieces } from './summary-in-pieces.ts';

const OPERATION_VIEW = [
  'id',
  'userId',
  'quantity',
  'figi',
  'instrumentType',
  'date',
  'type',
  'createdAt',
  'updatedAt',
  'version',
] as const;

/** Whatever reads operations reads it through this: what an import that is under way has brought is not there. */
export const OPERATION_SOURCE: ReadModelSource<OperationView> = {
  table: 'operations',
  columns: columnsOf(OperationSchema, OPERATION_VIEW),
  withheld: { column: 'operations.import_id', whileIn: 'operation_imports' },
};

export class MikroOrmOperationRepository implements OperationRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  async get(id: string): Promise<Operation | undefined> {
    const operation = await this.transaction.find(OperationSchema, { id });
    if (operation === undefined || operation.importId === null) return operation;
    const underWay = await this.transaction.find(OperationImportSchema, { id: operation.importId });
    return underWay ? undefined : operation;
  }

  add(operation: Operation): Promise<void> {
    return this.transaction.add(operation);
  }

  remove(operation: Operation): Promise<void> {
    return this.transaction.remove(operation);
  }

  removeSomeOf(userId: string, limit: number): Promise<number> {
    return this.transaction.removeSome('operations', { user_id: userId }, limit);
  }

  addAll(operations: readonly Operation[]): Promise<void> {
    return this.transaction.addAll(operations);
  }

  /** Found by the index of their creation, which they have in common. */
  removeSomeOfImport({ id, userId, createdAt }: OperationImport, limit: number): Promise<number> {
    const values = { user_id: userId, created_at: createdAt, import_id: id };
    return this.transaction.removeSome('operations', values, limit);
  }
}

export function mikroOrmOperations({ database, jobs }: SqlStorage): OperationStorage {
  const { reader, snapshots } = database;
  const operations = new ReadModel<OperationView>(reader, OPERATION_SOURCE, OPERATION_LIST);
  return {
    work: new MikroOrmUnitOfWork(database, transaction => ({
      operations: new MikroOrmOperationRepository(transaction),
      imports: new MikroOrmOperationImportRepository(transaction, reader.dialect),
      jobs: jobs.queueIn(transaction),
    })),
    reader: {
      find: id => operations.findBy('id', id),
      list: query => operations.list(query),
      summary: snapshots
        ? summaryInPieces(snapshots, OPERATION_SOURCE)
        : summaryAtOnce(reader, OPERATION_SOURCE),
    },
    imports: new OverdueImports(reader),
    jobs: jobs.records,
  };
}

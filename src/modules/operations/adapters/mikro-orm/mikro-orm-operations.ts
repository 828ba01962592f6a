import { MikroOrmUnitOfWork } from '../../../../platform/mikro-orm/mikro-orm-unit-of-work.ts';
import { ReadModel } from '../../../../platform/mikro-orm/read-model.ts';
import { columnsOf } from '../../../../platform/mikro-orm/read-model-source.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type { SqlStorage } from '../../../../platform/storage.ts';
import {
  OPERATION_LIST,
  type OperationRepository,
  type OperationStorage,
  type OperationView,
} from '../../application/ports.ts';
import type { Operation } from '../../domain/operation.ts';
import { OperationSchema } from './operation-schema.ts';

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

export class MikroOrmOperationRepository implements OperationRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(id: string): Promise<Operation | undefined> {
    return this.transaction.find(OperationSchema, { id });
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
}

export function mikroOrmOperations({ database }: SqlStorage): OperationStorage {
  const operations = new ReadModel<OperationView>(
    database.reader,
    { table: 'operations', columns: columnsOf(OperationSchema, OPERATION_VIEW) },
    OPERATION_LIST,
  );
  return {
    work: new MikroOrmUnitOfWork(database, transaction => ({
      operations: new MikroOrmOperationRepository(transaction),
    })),
    reader: {
      find: id => operations.findBy('id', id),
      list: query => operations.list(query),
    },
  };
}

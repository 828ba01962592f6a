import { ContainerModule } from 'inversify';
import { operationData } from '../modules/operations/adapters/http/operation-data.ts';
import { operationApi } from '../modules/operations/adapters/http/operation-endpoints.ts';
import { inMemoryOperations } from '../modules/operations/adapters/memory/in-memory-operations.ts';
import { mikroOrmOperations } from '../modules/operations/adapters/mikro-orm/mikro-orm-operations.ts';
import { OperationSchema } from '../modules/operations/adapters/mikro-orm/operation-schema.ts';
import { operationSteps } from '../modules/operations/adapters/mikro-orm/schema-steps.ts';
import { ChangeOperation } from '../modules/operations/application/change-operation.ts';
import { DeleteOperation } from '../modules/operations/application/delete-operation.ts';
import { EraseOperations } from '../modules/operations/application/erase-operations.ts';
import { ReadOperations } from '../modules/operations/application/read-operations.ts';
import { RecordOperation } from '../modules/operations/application/record-operation.ts';
import { onStorage } from '../platform/storage.ts';
import type { BoundedContext } from './context.ts';
import { bind } from './token.ts';
import { tokens } from './tokens.ts';

const module = new ContainerModule(options => {
  bind(
    options,
    tokens.operationStorage,
    storage => onStorage(storage, inMemoryOperations, mikroOrmOperations),
    [tokens.storage],
  );
  bind(
    options,
    tokens.operationApi,
    ({ work, reader }, ids, clock) =>
      operationApi({
        record: new RecordOperation(work, ids, clock),
        change: new ChangeOperation(work, clock),
        remove: new DeleteOperation(work),
        read: new ReadOperations(reader),
      }),
    [tokens.operationStorage, tokens.ids, tokens.clock],
  );
  bind(
    options,
    tokens.operationData,
    ({ work, reader }) => operationData(reader, new EraseOperations(work)),
    [tokens.operationStorage],
  );
});

export const operationsContext: BoundedContext = {
  module,
  schema: { entities: [OperationSchema], steps: operationSteps },
  api: tokens.operationApi,
  personalData: [tokens.operationData],
};

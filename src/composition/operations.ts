import { ContainerModule } from 'inversify';
import { operationData } from '../modules/operations/adapters/http/operation-data.ts';
import { operationApi } from '../modules/operations/adapters/http/operation-endpoints.ts';
import { inMemoryOperations } from '../modules/operations/adapters/memory/in-memory-operations.ts';
import { mikroOrmOperations } from '../modules/operations/adapters/mikro-orm/mikro-orm-operations.ts';
import {
  OperationImportSchema,
  OperationSchema,
} from '../modules/operations/adapters/mikro-orm/operation-schema.ts';
import { operationSteps } from '../modules/operations/adapters/mikro-orm/schema-steps.ts';
import { ChangeOperation } from '../modules/operations/application/change-operation.ts';
import { DeleteOperation } from '../modules/operations/application/delete-operation.ts';
import { EraseOperations } from '../modules/operations/application/erase-operations.ts';
import { ExportOperations } from '../modules/operations/application/export-operations.ts';
import { ReadOperations } from '../modules/operations/application/read-operations.ts';
import { RecordOperation } from '../modules/operations/application/record-operation.ts';
import { SummariseOperations } from '../modules/operations/application/summarise-operations.ts';
import { onStorage } from '../platform/storage.ts';
import type { BoundedContext } from './context.ts';
import { bindImports, importing } from './operation-imports.ts';
import { bind } from './token.ts';
import { tokens } from './tokens.ts';

const module = new ContainerModule(options => {
  bindImports(options);
  bind(
    options,
    tokens.operationStorage,
    storage => onStorage(storage, inMemoryOperations, mikroOrmOperations),
    [tokens.storage],
  );
  bind(
    options,
    tokens.operationApi,
    ({ work, reader }, importing, ids, clock) =>
      operationApi(
        {
          record: new RecordOperation(work, ids, clock),
          change: new ChangeOperation(work, clock),
          remove: new DeleteOperation(work),
          read: new ReadOperations(reader),
          summarise: new SummariseOperations(reader),
          exportAll: new ExportOperations(reader),
        },
        [importing],
      ),
    [tokens.operationStorage, importing.endpoint, tokens.ids, tokens.clock],
  );
  bind(
    options,
    tokens.operationData,
    ({ work, reader }, abandon) => operationData(reader, new EraseOperations(work, abandon)),
    [tokens.operationStorage, importing.abandon],
  );
});

export const operationsContext: BoundedContext = {
  module,
  schema: { entities: [OperationSchema, OperationImportSchema], steps: operationSteps },
  api: tokens.operationApi,
  jobs: [importing.finisher],
  services: [importing.cleanUp],
  personalData: [tokens.operationData],
};

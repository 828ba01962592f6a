import type { ContainerModuleLoadOptions } from 'inversify';
import type { JobHandler } from '../kernel/jobs.ts';
import { importEndpoint } from '../modules/operations/adapters/http/import-endpoint.ts';
import { AbandonImport } from '../modules/operations/application/abandon-import.ts';
import { ImportFinisher } from '../modules/operations/application/finish-import.ts';
import { IMPORT_LIMITS } from '../modules/operations/application/import-limits.ts';
import { ImportOperations } from '../modules/operations/application/import-operations.ts';
import type { OperationErrorCode } from '../modules/operations/domain/errors.ts';
import type { BackgroundService } from '../platform/background-service.ts';
import type { Endpoint } from '../platform/http/endpoint.ts';
import { RepeatedTask } from '../platform/repeated-task.ts';
import { bind, token } from './token.ts';
import { tokens } from './tokens.ts';

/** Milliseconds. */
const MINUTE = 60_000;

/** What the importing of operations brings into their context. */
export const importing = {
  abandon: token<AbandonImport>('AbandonImport'),
  endpoint: token<Endpoint<OperationErrorCode>>('ImportEndpoint'),
  finisher: token<JobHandler>('ImportFinisher'),
  cleanUp: token<BackgroundService>('OverdueImports'),
};

export function bindImports(options: ContainerModuleLoadOptions): void {
  bind(options, importing.abandon, ({ work, imports }, clock) => new AbandonImport(work, imports, clock), [
    tokens.operationStorage,
    tokens.clock,
  ]);
  bind(
    options,
    importing.endpoint,
    (storage, abandon, ids, clock, { importLimit: limit }) =>
      importEndpoint(new ImportOperations(storage, abandon, IMPORT_LIMITS, ids, clock), {
        limit,
        limits: IMPORT_LIMITS,
      }),
    [tokens.operationStorage, importing.abandon, tokens.ids, tokens.clock, tokens.settings],
  );
  bind(
    options,
    importing.finisher,
    ({ work }, abandon, ids, clock) =>
      new ImportFinisher(work, abandon, IMPORT_LIMITS, ids, clock) as JobHandler,
    [tokens.operationStorage, importing.abandon, tokens.ids, tokens.clock],
  );
  bind(
    options,
    importing.cleanUp,
    (abandon, log) =>
      new RepeatedTask(
        signal => abandon.overdue(signal),
        { name: 'remove abandoned imports', interval: MINUTE },
        log,
      ),
    [importing.abandon, tokens.log],
  );
}

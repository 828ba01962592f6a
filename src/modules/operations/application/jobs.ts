import type { Job } from '../../../kernel/jobs.ts';
import type { OperationImportId } from '../domain/operation-import.ts';

/** Write the lines of an import whose upload is complete. */
export interface FinishImport extends Job {
  readonly type: 'operations.import';
  readonly importId: OperationImportId;
  /** Of all of it. */
  readonly lines: number;
}

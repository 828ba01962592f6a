import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import type { JobAttempt, JobHandler, JobId, JobResult } from '../../../kernel/jobs.ts';
import { ImportAbandoned } from '../domain/errors.ts';
import type { AbandonImport } from './abandon-import.ts';
import type { ImportLimits } from './import-limits.ts';
import { operationsOf } from './import-operations.ts';
import type { FinishImport } from './jobs.ts';
import type { OperationWork } from './ports.ts';

/**
 * Writes the lines of an import chunk by chunk, each with the progress that it makes, so that whoever goes on after a crash does
 * so where it was. With the end of the import all of them are shown.
 */
export class ImportFinisher implements JobHandler<FinishImport> {
  readonly type = 'operations.import';
  private readonly work: OperationWork;
  private readonly abandonment: AbandonImport;
  private readonly limits: ImportLimits;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: OperationWork, abandonment: AbandonImport, limits: ImportLimits, ids: Ids, clock: Clock) {
    this.work = work;
    this.abandonment = abandonment;
    this.limits = limits;
    this.ids = ids;
    this.clock = clock;
  }

  async handle(job: FinishImport, { id, signal }: JobAttempt): Promise<JobResult> {
    const result = { imported: job.lines };
    do signal.throwIfAborted();
    while (await this.writeChunk(job, id, result));
    return result;
  }

  abandon({ importId }: FinishImport): Promise<void> {
    return this.abandonment.execute(importId);
  }

  /** Whether there may be another. */
  private writeChunk({ importId, lines }: FinishImport, jobId: JobId, result: JobResult): Promise<boolean> {
    return this.work.run(async ({ imports, operations, jobs }) => {
      const present = await imports.get(importId);
      if (present?.state !== 'queued') throw new ImportAbandoned();
      const chunk = await imports.firstChunk(importId);
      const now = this.clock.now();
      if (!chunk) {
        await imports.remove(present);
        await jobs.finish(jobId, result, now);
        return false;
      }
      await operations.addAll(operationsOf(present, chunk.contents, this.ids));
      await imports.removeChunk(chunk);
      const done = chunk.number * this.limits.chunk + chunk.contents.length;
      await jobs.report(jobId, { done, total: lines }, now);
      return true;
    });
  }
}

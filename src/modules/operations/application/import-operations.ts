import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import type { JobId, JobRecord } from '../../../kernel/jobs.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { ImportAbandoned, TooManyImports } from '../domain/errors.ts';
import { Operation, type OperationContent } from '../domain/operation.ts';
import { OperationImport, type OperationImportId } from '../domain/operation-import.ts';
import type { AbandonImport } from './abandon-import.ts';
import type { ImportLimits } from './import-limits.ts';
import type { FinishImport } from './jobs.ts';
import type { JobReader, OperationRepositories, OperationWork } from './ports.ts';

/** How many lines were imported, or the job that goes on with it. */
export type ImportOutcome = { readonly imported: number } | { readonly job: JobRecord };

/**
 * Writes the lines of a file into the journal of whoever asks.
 *
 * - Each line is what `RecordOperation` takes.
 * - All lines appear at the same moment, or none: what was written before is shown to nobody until then.
 * - Up to 10,000 lines are written at once. More are kept until all of them have come, and then written by a job.
 * - One person has at most 3 imports under way.
 */
export class ImportOperations {
  private readonly work: OperationWork;
  private readonly jobs: JobReader;
  private readonly abandon: AbandonImport;
  private readonly limits: ImportLimits;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(
    { work, jobs }: { readonly work: OperationWork; readonly jobs: JobReader },
    abandon: AbandonImport,
    limits: ImportLimits,
    ids: Ids,
    clock: Clock,
  ) {
    this.work = work;
    this.jobs = jobs;
    this.abandon = abandon;
    this.limits = limits;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * Takes the lines, which nobody sees. `answer` has them shown, or written by a job, in one last transaction, by calling
   * `finish`; if it does not, or where reading the lines throws, nothing of the import is left.
   */
  async execute<Answer>(
    lines: AsyncIterable<readonly OperationContent[]>,
    by: Principal,
    answer: (finish: () => Promise<ImportOutcome>) => Promise<Answer>,
  ): Promise<Answer> {
    requireScope(by, 'operations');
    const started = await this.start(by);
    let finished = false;
    try {
      const count = await this.take(started, lines);
      return await answer(async () => {
        const outcome = await this.finish(started, count);
        finished = true;
        return outcome;
      });
    } finally {
      // What cannot be removed now is found later (`overdue`).
      if (!finished) await this.abandon.execute(started.id).catch(() => undefined);
    }
  }

  private start({ userId }: Principal): Promise<OperationImport> {
    const { underWay } = this.limits;
    const started = new OperationImport(this.ids.next(), userId, this.clock.now());
    return this.work.run(async ({ imports }) => {
      if ((await imports.of(userId)).length >= underWay) throw new TooManyImports(underWay);
      await imports.add(started);
      return started;
    });
  }

  /** Returns how many there are. */
  private async take(
    started: OperationImport,
    lines: AsyncIterable<readonly OperationContent[]>,
  ): Promise<number> {
    const { direct, chunk } = this.limits;
    let waiting: OperationContent[] = [];
    let chunks = 0;
    let count = 0;
    for await (const some of lines) {
      waiting = waiting.concat(some);
      count += some.length;
      for (; count > direct && waiting.length >= chunk; chunks += 1)
        await this.keep(started, { number: chunks, contents: waiting.splice(0, chunk) });
      await this.showLife(started);
    }
    if (count <= direct) await this.write(started, waiting);
    else if (waiting.length > 0) await this.keep(started, { number: chunks, contents: waiting });
    return count;
  }

  private async write(started: OperationImport, contents: readonly OperationContent[]): Promise<void> {
    const { chunk } = this.limits;
    for (let first = 0; first < contents.length; first += chunk)
      await this.run(started.id, (present, { operations }) =>
        operations.addAll(operationsOf(present, contents.slice(first, first + chunk), this.ids)),
      );
  }

  private async finish(started: OperationImport, count: number): Promise<ImportOutcome> {
    if (count <= this.limits.direct) {
      await this.run(started.id, (present, { imports }) => imports.remove(present));
      return { imported: count };
    }
    const job = await this.jobs.find(await this.enqueue(started, count));
    if (!job) throw new ImportAbandoned();
    return { job };
  }

  private keep({ id }: OperationImport, chunk: { number: number; contents: readonly OperationContent[] }) {
    return this.run(id, (_, { imports }) => imports.addChunk({ importId: id, ...chunk }));
  }

  private enqueue({ id: importId, userId }: OperationImport, lines: number): Promise<JobId> {
    const job: FinishImport = { type: 'operations.import', importId, lines };
    return this.run(importId, async (present, { jobs }) => {
      const now = this.clock.now();
      present.queue(now);
      const jobId = await jobs.enqueue(job, { owner: { id: userId, now } });
      await jobs.report(jobId, { done: 0, total: lines }, now);
      return jobId;
    });
  }

  private async showLife(started: OperationImport): Promise<void> {
    const now = this.clock.now();
    if (!started.isQuiet(now)) return;
    started.touch(now);
    await this.run(started.id, async () => undefined);
  }

  /** Works on an import that nobody has abandoned. */
  private run<T>(
    id: OperationImportId,
    work: (present: OperationImport, repositories: OperationRepositories) => Promise<T>,
  ): Promise<T> {
    return this.work.run(async repositories => {
      const present = await repositories.imports.get(id);
      if (present?.state !== 'uploading') throw new ImportAbandoned();
      present.touch(this.clock.now());
      return work(present, repositories);
    });
  }
}

/** The operations that lines become, as old as their import. */
export function operationsOf(
  { id, userId, createdAt }: OperationImport,
  contents: readonly OperationContent[],
  ids: Ids,
): readonly Operation[] {
  return contents.map(content => new Operation(ids.next(), userId, content, createdAt, id));
}

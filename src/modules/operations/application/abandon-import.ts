import type { Clock } from '../../../kernel/clock.ts';
import { removeAll } from '../../../kernel/remove-all.ts';
import type { OperationImportId } from '../domain/operation-import.ts';
import type { OperationImportReader, OperationWork } from './ports.ts';

/** Milliseconds without a sign of life: five minutes for an upload, 30 days for a job, which is as long as a dead one is kept. */
const PATIENCE = { uploading: 300_000, queued: 30 * 86_400_000 };

/** Chunks that are removed at once: each is a hundred kilobytes or so. */
const CHUNKS = 20;

/**
 * Ends an import of which nothing is to be kept, and removes what there is of it, a little at a time. Nobody has seen any of it.
 * It may be asked for again, to go on where it was broken off.
 */
export class AbandonImport {
  private readonly work: OperationWork;
  private readonly reader: OperationImportReader;
  private readonly clock: Clock;

  constructor(work: OperationWork, reader: OperationImportReader, clock: Clock) {
    this.work = work;
    this.reader = reader;
    this.clock = clock;
  }

  async execute(id: OperationImportId, signal: AbortSignal = NEVER): Promise<void> {
    const abandoned = await this.work.run(
      async ({ imports }) => {
        const present = await imports.get(id);
        present?.abandon();
        return present;
      },
      { retry: true },
    );
    if (!abandoned) return;
    const { work } = this;
    await removeAll(limit => work.run(({ imports }) => imports.removeSomeChunks(id, limit)), signal, CHUNKS);
    await removeAll(
      limit => work.run(({ operations }) => operations.removeSomeOfImport(abandoned, limit)),
      signal,
    );
    await work.run(
      async ({ imports }) => {
        const present = await imports.get(id);
        if (present) await imports.remove(present);
      },
      { retry: true },
    );
  }

  /** Those whose server or job has vanished. */
  async overdue(signal: AbortSignal): Promise<void> {
    const now = this.clock.now().getTime();
    const before = {
      uploading: new Date(now - PATIENCE.uploading),
      queued: new Date(now - PATIENCE.queued),
    };
    for (const id of await this.reader.overdue(before)) await this.execute(id, signal);
  }
}

const NEVER = new AbortController().signal;

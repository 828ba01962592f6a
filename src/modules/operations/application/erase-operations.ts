import type { UserId } from '../../../kernel/principal.ts';
import { removeAll } from '../../../kernel/remove-all.ts';
import type { AbandonImport } from './abandon-import.ts';
import type { OperationWork } from './ports.ts';

/** Takes the whole journal of somebody who has left away, a few operations at a time, and the imports that are under way. */
export class EraseOperations {
  private readonly work: OperationWork;
  private readonly abandon: AbandonImport;

  constructor(work: OperationWork, abandon: AbandonImport) {
    this.work = work;
    this.abandon = abandon;
  }

  async execute(userId: UserId, signal: AbortSignal): Promise<void> {
    const imports = await this.work.run(({ imports: all }) => all.of(userId));
    for (const { id } of imports) await this.abandon.execute(id, signal);
    await removeAll(
      limit => this.work.run(({ operations }) => operations.removeSomeOf(userId, limit)),
      signal,
    );
  }
}

import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { Operation, type OperationContent } from '../domain/operation.ts';
import type { OperationView, OperationWork } from './ports.ts';

/**
 * Writes an operation into the journal of whoever asks.
 *
 * - The quantity is a decimal number of at most 38 digits, 18 of them after the point, and is kept as it was written; it may be
 *   negative or zero, because a journal has corrections.
 * - The FIGI and the instrument's type have 1 to 100 characters where there are any.
 * - The date is of the years 1 to 9999.
 */
export class RecordOperation {
  private readonly work: OperationWork;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: OperationWork, ids: Ids, clock: Clock) {
    this.work = work;
    this.ids = ids;
    this.clock = clock;
  }

  async execute(content: OperationContent, by: Principal): Promise<OperationView> {
    requireScope(by, 'operations');
    const operation = new Operation(this.ids.next(), by.userId, content, this.clock.now());
    await this.work.run(({ operations }) => operations.add(operation));
    return operation;
  }
}

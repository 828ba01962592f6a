import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { OperationContent } from '../domain/operation.ts';
import { type OperationReference, ownOperation } from './own-operation.ts';
import type { OperationView, OperationWork } from './ports.ts';

/**
 * Changes an operation.
 *
 * - Only its owner can; for everybody else it does not exist.
 * - What it may be is as when it is recorded.
 * - A change that was made against an older version is refused.
 */
export class ChangeOperation {
  private readonly work: OperationWork;
  private readonly clock: Clock;

  constructor(work: OperationWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute(
    command: OperationReference & { readonly content: Partial<OperationContent> },
    by: Principal,
  ): Promise<OperationView> {
    requireScope(by, 'operations');
    return this.work.run(
      async ({ operations }) => {
        const operation = await ownOperation(operations, command, by);
        operation.change(command.content, this.clock.now());
        return operation;
      },
      { retry: command.expectedVersion === undefined },
    );
  }
}

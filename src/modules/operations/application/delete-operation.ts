import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { type OperationReference, ownOperation } from './own-operation.ts';
import type { OperationWork } from './ports.ts';

/**
 * Takes an operation out of the journal for good.
 *
 * - Only its owner can; for everybody else it does not exist.
 * - A deletion that was decided on an older version is refused.
 */
export class DeleteOperation {
  private readonly work: OperationWork;

  constructor(work: OperationWork) {
    this.work = work;
  }

  async execute(command: OperationReference, by: Principal): Promise<void> {
    requireScope(by, 'operations');
    return this.work.run(
      async ({ operations }) => operations.remove(await ownOperation(operations, command, by)),
      { retry: command.expectedVersion === undefined },
    );
  }
}

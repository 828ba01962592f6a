import type { Principal } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { OperationNotFound } from '../domain/errors.ts';
import type { Operation, OperationId } from '../domain/operation.ts';
import type { OperationRepository } from './ports.ts';

export interface OperationReference {
  readonly operationId: OperationId;
  /** The version that the change was decided on; without it the newest is changed. */
  readonly expectedVersion?: number | undefined;
}

/** The operation that is meant, if it is in the journal of whoever asks and has not changed since. */
export async function ownOperation(
  operations: OperationRepository,
  { operationId, expectedVersion }: OperationReference,
  by: Principal,
): Promise<Operation> {
  const operation = await operations.get(operationId);
  if (operation?.userId !== by.userId) throw new OperationNotFound();
  requireVersion(operation, expectedVersion);
  return operation;
}

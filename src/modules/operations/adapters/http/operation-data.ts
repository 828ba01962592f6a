import { allPages } from '../../../../kernel/all-pages.ts';
import type { ExportedData } from '../../../../platform/http/exported-data.ts';
import type { EraseOperations } from '../../application/erase-operations.ts';
import type { OperationReader } from '../../application/ports.ts';
import { Operation, presentOperation } from './operation-representation.ts';

/** A journal is its person's own, and goes with them. */
export function operationData(reader: OperationReader, erase: EraseOperations): ExportedData {
  return {
    name: 'operations',
    record: Operation,
    export: owner => allPages(query => reader.list(query), { owner }, { present: presentOperation }),
    erase: (userId, signal) => erase.execute(userId, signal),
  };
}

import type { ListQuery, ListSpec, Page } from '../../../kernel/list.ts';
import type { UserId } from '../../../kernel/principal.ts';
import type { UnitOfWork } from '../../../kernel/unit-of-work.ts';
import type { Operation, OperationContent, OperationId } from '../domain/operation.ts';

export interface OperationRepository {
  get(id: OperationId): Promise<Operation | undefined>;
  add(operation: Operation): Promise<void>;
  remove(operation: Operation): Promise<void>;
  /** Removes at most so many of somebody's, and returns how many. */
  removeSomeOf(userId: UserId, limit: number): Promise<number>;
}

export type OperationWork = UnitOfWork<{ readonly operations: OperationRepository }>;

export interface OperationView extends OperationContent {
  readonly id: OperationId;
  readonly userId: UserId;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}

export const OPERATION_LIST = {
  filters: {
    owner: { field: 'userId', match: 'equals' },
    type: { field: 'type', match: 'equals' },
    instrument_type: { field: 'instrumentType', match: 'equals' },
    from: { field: 'date', match: 'from' },
    before: { field: 'date', match: 'before' },
  },
  sorts: { created_at: 'createdAt', updated_at: 'updatedAt', date: 'date' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<OperationView>;

export interface OperationReader {
  find(id: OperationId): Promise<OperationView | undefined>;
  list(query: ListQuery): Promise<Page<OperationView>>;
}

/** What each storage gives to this context. */
export interface OperationStorage {
  readonly work: OperationWork;
  readonly reader: OperationReader;
}

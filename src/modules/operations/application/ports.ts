import type { ListQuery, ListSpec, Page } from '../../../kernel/list.ts';
import type { UserId } from '../../../kernel/principal.ts';
import type { UnitOfWork } from '../../../kernel/unit-of-work.ts';
import type { Operation, OperationContent, OperationId } from '../domain/operation.ts';
import type { Quantity } from '../domain/quantity.ts';

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

/** What operations can be summed up by; `month` is that of their date in UTC. */
export type Grouping = 'type' | 'instrument_type' | 'month';

export interface SummaryQuery {
  readonly groupBy: Grouping;
  /** As of the list. */
  readonly where: NonNullable<ListQuery['where']>;
}

/** Quantities are exact, in plain notation, and no longer than need be. */
export interface SummaryGroup {
  /** A type, an instrument type or none, or a month as `2026-01`. */
  readonly key: string | null;
  readonly count: number;
  /** Of all. */
  readonly quantity: Quantity;
  readonly bought: Quantity;
  readonly sold: Quantity;
  /** What was bought less what was sold. */
  readonly net: Quantity;
}

/** More are not summed up: the first by their keys, in the order of code points, none at the end. */
export const MAX_GROUPS = 1000;

export interface OperationReader {
  find(id: OperationId): Promise<OperationView | undefined>;
  list(query: ListQuery): Promise<Page<OperationView>>;
  /** Of one state of the journal, without keeping others waiting. */
  summary(query: SummaryQuery): Promise<readonly SummaryGroup[]>;
}

/** What each storage gives to this context. */
export interface OperationStorage {
  readonly work: OperationWork;
  readonly reader: OperationReader;
}

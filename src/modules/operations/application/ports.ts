import type { JobId, JobQueue, JobRecord } from '../../../kernel/jobs.ts';
import type { ListQuery, ListSpec, Page } from '../../../kernel/list.ts';
import type { UserId } from '../../../kernel/principal.ts';
import type { UnitOfWork } from '../../../kernel/unit-of-work.ts';
import type { Operation, OperationContent, OperationId } from '../domain/operation.ts';
import type { ImportState, OperationImport, OperationImportId } from '../domain/operation-import.ts';
import type { Quantity } from '../domain/quantity.ts';

export interface OperationRepository {
  get(id: OperationId): Promise<Operation | undefined>;
  add(operation: Operation): Promise<void>;
  remove(operation: Operation): Promise<void>;
  /** Removes at most so many of somebody's, and returns how many. */
  removeSomeOf(userId: UserId, limit: number): Promise<number>;
  /** Adds many at once. */
  addAll(operations: readonly Operation[]): Promise<void>;
  /** Removes at most so many that came with an import, and returns how many. */
  removeSomeOfImport(of: OperationImport, limit: number): Promise<number>;
}

/** Some lines of an upload, in their order. */
export interface ImportChunk {
  readonly importId: OperationImportId;
  /** From 0. */
  readonly number: number;
  readonly contents: readonly OperationContent[];
}

export interface OperationImportRepository {
  /** Nobody else changes it until the end of the work. */
  get(id: OperationImportId): Promise<OperationImport | undefined>;
  /** All of one person; whoever asks for the same person's waits for the end of the work. */
  of(userId: UserId): Promise<readonly OperationImport[]>;
  add(started: OperationImport): Promise<void>;
  remove(ended: OperationImport): Promise<void>;
  addChunk(chunk: ImportChunk): Promise<void>;
  firstChunk(importId: OperationImportId): Promise<ImportChunk | undefined>;
  removeChunk(chunk: ImportChunk): Promise<void>;
  /** Removes at most so many, and returns how many. */
  removeSomeChunks(importId: OperationImportId, limit: number): Promise<number>;
}

export interface OperationRepositories {
  readonly operations: OperationRepository;
  readonly imports: OperationImportRepository;
  readonly jobs: JobQueue;
}

export type OperationWork = UnitOfWork<OperationRepositories>;

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

export interface OperationImportReader {
  /** Those that are abandoned, and those of these states that gave their last sign of life before these times. */
  overdue(
    before: Readonly<Record<Exclude<ImportState, 'abandoned'>, Date>>,
  ): Promise<readonly OperationImportId[]>;
}

/** What becomes of jobs. */
export interface JobReader {
  find(id: JobId): Promise<JobRecord | undefined>;
}

/** What each storage gives to this context. */
export interface OperationStorage {
  readonly work: OperationWork;
  readonly reader: OperationReader;
  readonly imports: OperationImportReader;
  readonly jobs: JobReader;
}

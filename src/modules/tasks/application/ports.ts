import type { ListQuery, ListSpec, Page } from '../../../kernel/list.ts';
import type { UserId } from '../../../kernel/principal.ts';
import type { UnitOfWork } from '../../../kernel/unit-of-work.ts';
import type { TeamId } from '../../roster/index.ts';
import type { HistoryEntry } from '../domain/history-entry.ts';
import type { Task, TaskContent, TaskId } from '../domain/task.ts';

export interface TaskRepository {
  get(id: TaskId): Promise<Task | undefined>;
  add(task: Task): Promise<void>;
  /** With its history. */
  remove(task: Task): Promise<void>;
  /** Removes at most so many that somebody made for nobody but themselves, and returns how many. */
  removeSomeUnshared(authorId: UserId, limit: number): Promise<number>;
}

/** It only grows. */
export interface TaskHistory {
  add(entry: HistoryEntry): Promise<void>;
}

export interface TaskRepositories {
  readonly tasks: TaskRepository;
  readonly history: TaskHistory;
}

export type TaskWork = UnitOfWork<TaskRepositories>;

export interface TaskView extends TaskContent {
  readonly id: TaskId;
  readonly authorId: UserId;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}

export type HistoryView = Omit<HistoryEntry, 'version'>;

export const TASK_LIST = {
  filters: {
    author: { field: 'authorId', match: 'equals' },
    completed: { field: 'completed', match: 'equals' },
    assignee: { field: 'assigneeId', match: 'equals' },
    due_before: { field: 'dueDate', match: 'before' },
  },
  sorts: { created_at: 'createdAt', updated_at: 'updatedAt' },
  defaultSort: { key: 'created_at', descending: true },
  search: ['title', 'description'],
} as const satisfies ListSpec<TaskView>;

export const HISTORY_LIST = {
  filters: { task: { field: 'taskId', match: 'equals' } },
  sorts: { at: 'createdAt' },
  defaultSort: { key: 'at', descending: true },
} as const satisfies ListSpec<HistoryView>;

export interface TaskReader {
  find(id: TaskId): Promise<TaskView | undefined>;
  /** Those that the query's viewer may see. */
  list(query: ListQuery & { readonly viewer: UserId }): Promise<Page<TaskView>>;
  history(query: ListQuery): Promise<Page<HistoryView>>;
}

/** What identity publishes of people, and the roster of teams. */
export interface TaskDirectory {
  /** Whether somebody has an account that is active. */
  isPerson(id: UserId): Promise<boolean>;
  isTeam(id: TeamId): Promise<boolean>;
  isOf(person: UserId, team: TeamId): Promise<boolean>;
}

/** What each storage gives to this context. */
export interface TaskStorage {
  readonly work: TaskWork;
  readonly reader: TaskReader;
  readonly directory: TaskDirectory;
}

/** Why a source has not said what it knows. */
export const INSIGHT_FAILURES = [
  'timeout',
  'unreachable',
  'status',
  'redirect',
  'too_large',
  'not_json',
  'refused_address',
  'open_circuit',
  'busy',
] as const;

export type InsightFailure = (typeof INSIGHT_FAILURES)[number];

/** What a source says about a task, or why it says nothing. */
export type InsightAnswer =
  /** Whatever JSON can hold. */
  { readonly data: unknown } | { readonly failure: InsightFailure };

/** On whose behalf sources are asked. */
export interface InsightCall {
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  /** W3C Trace Context: what the source's own traces belong to. */
  readonly traceparent: string;
}

/** Something outside that knows about tasks. */
export interface InsightSource {
  readonly name: string;
  /** Answers within the source's time limit, and never throws: what goes wrong is the answer. */
  ask(task: TaskView, call: InsightCall): Promise<InsightAnswer>;
}

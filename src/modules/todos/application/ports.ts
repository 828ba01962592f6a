import type { ListQuery, ListSpec, Page } from '../../../kernel/list.ts';
import type { UserId } from '../../../kernel/principal.ts';
import type { UnitOfWork } from '../../../kernel/unit-of-work.ts';
import type { Todo, TodoId } from '../domain/todo.ts';

export interface TodoRepository {
  get(id: TodoId): Promise<Todo | undefined>;
  add(todo: Todo): Promise<void>;
  remove(todo: Todo): Promise<void>;
  /** Removes at most so many of somebody's, and returns how many. */
  removeSomeOf(userId: UserId, limit: number): Promise<number>;
}

export type TodoWork = UnitOfWork<{ readonly todos: TodoRepository }>;

export interface TodoView {
  readonly id: TodoId;
  readonly userId: UserId;
  readonly text: string;
  readonly completed: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}

export interface TodoReader {
  find(id: TodoId): Promise<TodoView | undefined>;
  list(query: ListQuery): Promise<Page<TodoView>>;
}

export const TODO_LIST = {
  filters: {
    owner: { field: 'userId', match: 'equals' },
    completed: { field: 'completed', match: 'equals' },
  },
  sorts: { created_at: 'createdAt', updated_at: 'updatedAt' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<TodoView>;

/** What each storage gives to this context. */
export interface TodoStorage {
  readonly work: TodoWork;
  readonly reader: TodoReader;
}

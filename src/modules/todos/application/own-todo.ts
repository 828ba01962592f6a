import type { Principal } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { TodoNotFound } from '../domain/errors.ts';
import type { Todo, TodoId } from '../domain/todo.ts';
import type { TodoRepository } from './ports.ts';

export interface TodoReference {
  readonly todoId: TodoId;
  /** The version that the change was decided on; without it the newest is changed. */
  readonly expectedVersion?: number | undefined;
}

/** The to-do that is meant, if it is on the list of whoever asks and has not changed since. */
export async function ownTodo(
  todos: TodoRepository,
  { todoId, expectedVersion }: TodoReference,
  by: Principal,
): Promise<Todo> {
  const todo = await todos.get(todoId);
  if (todo?.userId !== by.userId) throw new TodoNotFound();
  requireVersion(todo, expectedVersion);
  return todo;
}

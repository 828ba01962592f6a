import type { Application } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { UserId } from '../../src/kernel/principal.ts';
import { Todo } from '../../src/modules/todos/domain/todo.ts';
import { BIRTH } from './people.ts';

/** A to-do that no storage knows yet. */
export function newTodo(application: Application, ownerId: UserId, text = 'a thing to do'): Todo {
  return new Todo(application.get(tokens.ids).next(), ownerId, { text, completed: false }, BIRTH);
}

/** One that is stored. */
export async function storedTodo(application: Application, ownerId: UserId, text?: string): Promise<Todo> {
  const todo = newTodo(application, ownerId, text);
  await application.get(tokens.todoStorage).work.run(async work => work.todos.add(todo));
  return todo;
}

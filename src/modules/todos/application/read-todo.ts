import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { TodoNotFound } from '../domain/errors.ts';
import type { TodoId } from '../domain/todo.ts';
import type { TodoReader, TodoView } from './ports.ts';

/** Shows one to-do to its owner; for everybody else it does not exist. */
export class ReadTodo {
  private readonly todos: TodoReader;

  constructor(todos: TodoReader) {
    this.todos = todos;
  }

  async execute(todoId: TodoId, by: Principal): Promise<TodoView> {
    requireScope(by, 'todos');
    const todo = await this.todos.find(todoId);
    if (todo?.userId !== by.userId) throw new TodoNotFound();
    return todo;
  }
}

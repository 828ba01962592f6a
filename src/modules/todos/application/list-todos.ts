import type { ListQuery, Page } from '../../../kernel/list.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { TodoReader, TodoView } from './ports.ts';

/** Shows the to-dos of whoever asks and of nobody else, newest first; `completed` keeps the done or the open ones. */
export class ListTodos {
  private readonly todos: TodoReader;

  constructor(todos: TodoReader) {
    this.todos = todos;
  }

  async execute(query: ListQuery, by: Principal): Promise<Page<TodoView>> {
    requireScope(by, 'todos');
    return this.todos.list({ ...query, where: { ...query.where, owner: by.userId } });
  }
}

import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { Todo, type TodoContent } from '../domain/todo.ts';
import type { TodoView, TodoWork } from './ports.ts';

/**
 * Adds a line to the list of whoever asks.
 *
 * - The text has 1 to 500 characters.
 */
export class AddTodo {
  private readonly work: TodoWork;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: TodoWork, ids: Ids, clock: Clock) {
    this.work = work;
    this.ids = ids;
    this.clock = clock;
  }

  async execute(command: TodoContent, by: Principal): Promise<TodoView> {
    requireScope(by, 'todos');
    const todo = new Todo(this.ids.next(), by.userId, command, this.clock.now());
    await this.work.run(({ todos }) => todos.add(todo));
    return todo;
  }
}

import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { TodoContent } from '../domain/todo.ts';
import { ownTodo, type TodoReference } from './own-todo.ts';
import type { TodoView, TodoWork } from './ports.ts';

/**
 * Changes the text of a to-do, or whether it is done.
 *
 * - Only its owner can; for everybody else it does not exist.
 * - A change that was made against an older version is refused.
 */
export class ChangeTodo {
  private readonly work: TodoWork;
  private readonly clock: Clock;

  constructor(work: TodoWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute(
    command: TodoReference & { readonly content: Partial<TodoContent> },
    by: Principal,
  ): Promise<TodoView> {
    requireScope(by, 'todos');
    return this.work.run(
      async ({ todos }) => {
        const todo = await ownTodo(todos, command, by);
        todo.change(command.content, this.clock.now());
        return todo;
      },
      { retry: command.expectedVersion === undefined },
    );
  }
}

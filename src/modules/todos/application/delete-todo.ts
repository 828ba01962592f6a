import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { ownTodo, type TodoReference } from './own-todo.ts';
import type { TodoWork } from './ports.ts';

/**
 * Takes a to-do off the list for good.
 *
 * - Only its owner can; for everybody else it does not exist.
 * - A deletion that was decided on an older version is refused.
 */
export class DeleteTodo {
  private readonly work: TodoWork;

  constructor(work: TodoWork) {
    this.work = work;
  }

  async execute(command: TodoReference, by: Principal): Promise<void> {
    requireScope(by, 'todos');
    return this.work.run(async ({ todos }) => todos.remove(await ownTodo(todos, command, by)), {
      retry: command.expectedVersion === undefined,
    });
  }
}

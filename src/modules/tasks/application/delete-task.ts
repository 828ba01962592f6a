import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { TaskNotFound } from '../domain/errors.ts';
import type { TaskId } from '../domain/task.ts';
import type { TaskDirectory, TaskReader, TaskWork } from './ports.ts';
import { requireVisible } from './visible-task.ts';

/**
 * Deletes a task, with its history.
 *
 * - Only its author can; whoever may not see it is told that there is none.
 * - A deletion that was decided on an older version is refused.
 */
export class DeleteTask {
  private readonly work: TaskWork;
  private readonly reader: TaskReader;
  private readonly directory: TaskDirectory;

  constructor(work: TaskWork, reader: TaskReader, directory: TaskDirectory) {
    this.work = work;
    this.reader = reader;
    this.directory = directory;
  }

  async execute(
    { taskId, expectedVersion }: { readonly taskId: TaskId; readonly expectedVersion: number | undefined },
    by: Principal,
  ): Promise<void> {
    requireScope(by, 'tasks');
    await requireVisible(await this.reader.find(taskId), by, this.directory);
    await this.work.run(
      async ({ tasks }) => {
        const task = await tasks.get(taskId);
        if (!task) throw new TaskNotFound();
        task.requireAuthor(by.userId);
        requireVersion(task, expectedVersion);
        await tasks.remove(task);
      },
      { retry: expectedVersion === undefined },
    );
  }
}
